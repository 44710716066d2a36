"""The recordings as people keep them: names, folders, the bin, versions, and typed words that become one."""

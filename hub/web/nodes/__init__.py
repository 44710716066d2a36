"""What stands in the villages: each node with its cameras and its past, and the uptime of all."""

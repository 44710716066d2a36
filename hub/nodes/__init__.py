"""The villages' nodes: the broker between, what goes down to them, what comes up, and how they are."""

"""The villages' cameras: what is asked of them, what became of them over time, what failed together."""

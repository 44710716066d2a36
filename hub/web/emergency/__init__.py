"""The red button: from its first step to the all-clear, and the PIN that confirms it."""

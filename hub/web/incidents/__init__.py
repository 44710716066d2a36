"""What is wrong in the villages, one incident a cause, and who sees to it."""

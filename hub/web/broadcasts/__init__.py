"""What is ordered: the list, each broadcast with its way to the air, and the order form."""

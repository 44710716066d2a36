"""The wifi and the internet of the house, asked from inside, and the Pi's own health beside them."""

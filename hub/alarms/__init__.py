"""The red button: an emergency prepared, sent, cancelled, and its all-clear."""

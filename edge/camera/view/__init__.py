"""From a picture, and what its camera used to show, to numbers. Pure."""

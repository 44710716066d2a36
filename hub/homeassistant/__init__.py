"""Tells Home Assistant of the villages, through a broker of Home Assistant's own."""

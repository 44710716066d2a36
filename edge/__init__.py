"""The node: four small processes in a cultural house that meet in files and SQLite, never in shared threads."""

VERSION = "0.1.0"
"""The release, as the birth tells it."""

"""The node: four small processes in a cultural house that meet in files and SQLite, never in shared threads."""

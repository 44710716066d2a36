"""The hub for programs: the pages' use cases and permissions as a REST API, under /api/v1."""

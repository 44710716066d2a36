"""The first page: what needs a person, today's broadcasts, and every village."""

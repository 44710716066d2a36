"""Incidents: one for each cause, with all that it took away held under it."""

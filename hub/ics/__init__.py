"""Calendars of other programs (RFC 5545): what is ordered, written for them; their events, read."""

"""Alerts: who is told of which incident, when, and whether it arrived."""

"""The schema of the newest version, one file a topic. Steps to it are in `migrations`."""

from hub.store.tables.alerts import messages, places, tickets
from hub.store.tables.base import metadata
from hub.store.tables.dispatched import carried, counters, issues, orders, plans
from hub.store.tables.fleet import births, heartbeats, nodes, presences
from hub.store.tables.history import rollups, rollups_due, samples
from hub.store.tables.hub import meta
from hub.store.tables.incidents import incident_members, incident_photos, incidents
from hub.store.tables.ordered import alarms, broadcasts, day_sets
from hub.store.tables.people import notes, recovery_codes, sessions, tokens, users
from hub.store.tables.reported import flips, playouts, refusals, subjects
from hub.store.tables.sounds import abbreviations, recordings, texts, waveforms
from hub.store.tables.tended import maintenance, thumbnails

__all__ = [
    "abbreviations",
    "alarms",
    "births",
    "broadcasts",
    "carried",
    "counters",
    "day_sets",
    "flips",
    "heartbeats",
    "incident_members",
    "incident_photos",
    "incidents",
    "issues",
    "maintenance",
    "messages",
    "meta",
    "metadata",
    "nodes",
    "notes",
    "orders",
    "places",
    "plans",
    "playouts",
    "presences",
    "recordings",
    "recovery_codes",
    "refusals",
    "rollups",
    "rollups_due",
    "samples",
    "sessions",
    "subjects",
    "texts",
    "thumbnails",
    "tickets",
    "tokens",
    "users",
    "waveforms",
]

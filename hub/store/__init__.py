"""The hub's memory, one file a topic: functions that take a Connection and speak in the pure modules' dataclasses."""

"""What the hub knows of itself."""

from sqlalchemy import Column, String, Table, Text

from hub.store.tables.base import metadata

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

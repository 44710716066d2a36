"""Steps of the schema, from version 1 on; run by `Database.migrate`."""

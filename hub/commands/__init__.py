"""The commands of `loa-hub`: one file a topic, each with `add`, which says what can be asked of it."""

"""What hub and node agree on: topics, messages, codec, signing and rules. It knows no file, socket or clock."""

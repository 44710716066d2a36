"""Keys, authorities and certificates, and the backup that holds them."""

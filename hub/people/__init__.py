"""Who may do what and where, and how the hub knows who it is."""

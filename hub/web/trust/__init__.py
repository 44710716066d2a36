"""How a phone or PC comes to trust the pages, and has them as an app."""

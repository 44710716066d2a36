"""For all tests: nothing fails for being slow. How fast something is, `make bench` says."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

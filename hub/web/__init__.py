"""The hub's pages: one file a topic, named as its URL; Vietnamese first, English second."""

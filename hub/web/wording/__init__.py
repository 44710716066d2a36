"""What the hub says of things, in words, marks and colours: one wording for pages, programs and alerts."""

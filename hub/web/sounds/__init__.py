"""The library: files that come in, the recorder, typed words that are spoken, and each recording."""

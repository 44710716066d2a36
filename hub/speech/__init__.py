"""Typed Vietnamese as it is to be spoken: figures, dates, money, abbreviations in words (pure), and the voices."""

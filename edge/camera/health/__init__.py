"""From numbers to what is believed of a camera, and what is remembered of it."""

"""An order from the wish to the air: made, judged, changed, approved, moved, stopped, aired again."""

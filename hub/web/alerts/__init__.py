"""Who is told of what is wrong: the places, what was sent, and where an alert's link leads."""

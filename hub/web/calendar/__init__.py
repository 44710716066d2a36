"""What is ordered by month, week and day: looked at, moved, and exchanged with other calendars."""

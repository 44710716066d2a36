"""What recurs: a rule as data, its days and instants, the lunar calendar, and a rule in words and back. Pure."""

"""Who is there: logging in, one's own account, all the people, and what each of them did."""

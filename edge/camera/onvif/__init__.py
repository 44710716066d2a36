"""What cameras say of themselves: found on the LAN, asked, restarted when told to."""

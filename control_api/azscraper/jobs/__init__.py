"""Jobs, their rows, and what differs between two of them."""

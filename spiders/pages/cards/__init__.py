"""One search card: its places and the readers of its concerns."""

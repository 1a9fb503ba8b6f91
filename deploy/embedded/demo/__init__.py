"""`make demo`: what the service does, seen once from the outside. It speaks HTTP only."""

"""Watches that are lists: who stands on them, how that is kept, and what one more check tells."""

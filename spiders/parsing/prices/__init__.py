"""Money, and the words around it."""

"""Bodies and answers of monitors."""

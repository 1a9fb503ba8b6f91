"""Bodies and answers of people, keys and projects."""

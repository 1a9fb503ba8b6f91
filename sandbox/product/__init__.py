"""Product pages of the practice store."""

"""Search pages of the practice store."""

"""Pages that were kept as they were fetched: shown, explained, and read again."""

"""The HTTP server of the practice store."""

"""Pages as they were fetched, kept for those who ask why a field has its value."""

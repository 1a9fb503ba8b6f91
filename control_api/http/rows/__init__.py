"""Rows as answers and as files."""

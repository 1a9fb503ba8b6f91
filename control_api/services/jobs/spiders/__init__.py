"""Spiders by name, and their runs as jobs."""

"""Errors, in the dialect of the path they came from."""

"""Asks a store a few questions by one exit, and tells what comes back."""

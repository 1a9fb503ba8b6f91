"""Use cases of whoever runs the service."""

"""Requests and answers of `/api/v1`."""

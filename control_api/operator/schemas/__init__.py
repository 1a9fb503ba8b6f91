"""Requests and answers of the operator's routes."""

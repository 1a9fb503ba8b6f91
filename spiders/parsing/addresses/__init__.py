"""Addresses that pages hold."""

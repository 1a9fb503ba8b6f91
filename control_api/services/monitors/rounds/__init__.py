"""Rounds of a monitor, and how much of it they saw."""

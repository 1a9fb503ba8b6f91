"""Monitors: what they watch, what changed, whom they tell."""

"""Use cases of schedules and their slots."""

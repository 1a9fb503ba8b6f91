"""Use cases of jobs, their targets and their results."""

"""Bodies and answers of jobs."""

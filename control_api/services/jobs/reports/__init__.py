"""What became of a job, and how it goes."""

"""What is different between two jobs."""

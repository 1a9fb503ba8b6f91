"""What was known when, and as files."""

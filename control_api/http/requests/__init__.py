"""What a request says, and what it leaves behind."""

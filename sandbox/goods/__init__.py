"""What the practice store sells."""

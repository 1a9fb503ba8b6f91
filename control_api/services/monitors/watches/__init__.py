"""What a monitor follows."""

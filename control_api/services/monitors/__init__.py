"""What changed between two checks of the same products or keywords."""

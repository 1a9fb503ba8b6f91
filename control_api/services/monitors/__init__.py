"""What changed between two looks at the same products or keywords."""

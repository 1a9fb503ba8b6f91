"""Best sellers of the practice store and their kin."""

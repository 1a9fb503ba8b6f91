"""Best sellers and their kin."""

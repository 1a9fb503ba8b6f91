"""Pages of monitors, of the products that they watch, and of what changed."""

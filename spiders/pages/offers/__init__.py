"""The list of all offers of a product."""

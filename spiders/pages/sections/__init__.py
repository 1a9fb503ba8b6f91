"""The parts of a product page, one reader a concern; `pages.product` puts them together."""

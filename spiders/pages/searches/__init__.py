"""Pages of search results."""

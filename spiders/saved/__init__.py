"""Pages that are kept as they were fetched: keeping them in a crawl, and reading them again."""

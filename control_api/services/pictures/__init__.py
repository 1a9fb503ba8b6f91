"""Pictures of products, as small as a page shows them, fetched by us: a browser asks no other host."""

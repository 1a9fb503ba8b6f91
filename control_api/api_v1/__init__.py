"""/api/v1: what its two dialects share. Each shows its own kind of job (scrapemaster/, scrapethis/)."""

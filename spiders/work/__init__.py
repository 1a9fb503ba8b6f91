"""What a crawl says to the frontier and the pipelines: targets, failures, signals."""

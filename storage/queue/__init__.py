"""What lives in Redis: seeds, leases, pace, proxies, visitors, rate limits."""

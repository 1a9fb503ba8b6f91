"""The whole path over HTTP: API, worker, crawlers, MongoDB, Redis, on real processes."""

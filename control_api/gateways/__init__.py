"""Clients of servers that are not ours: scrapyd, webhook receivers."""

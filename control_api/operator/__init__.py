"""The routes of whoever runs the service: users, nodes, proxies, health, metrics."""

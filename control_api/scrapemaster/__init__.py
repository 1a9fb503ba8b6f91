"""The ScrapeMaster dialect under /api/v1: page jobs, their results, monitoring, webhooks."""

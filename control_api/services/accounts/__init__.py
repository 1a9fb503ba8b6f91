"""Use cases of users, organizations, projects and API keys."""

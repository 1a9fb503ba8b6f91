"""Collections of users, organizations, projects, keys, credits and the audit."""

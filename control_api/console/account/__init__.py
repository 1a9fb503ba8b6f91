"""Pages of people and of what they have: sign-in, sessions, projects, keys, members, usage."""

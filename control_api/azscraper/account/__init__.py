"""Who asks: sign-in, keys, members, projects."""

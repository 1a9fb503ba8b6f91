"""What a monitor can follow: a module for each type of job, found by the registry."""

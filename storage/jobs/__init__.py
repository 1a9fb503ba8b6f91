"""Collections of jobs, targets and results, and how a target is settled."""

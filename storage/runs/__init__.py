"""Collections of runs, nodes, spiders and their logs."""

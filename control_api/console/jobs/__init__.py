"""Pages of jobs: lists, one job in its tabs, its targets and rows, the form of a new one."""

"""The worker's loops. Any number of workers may run: every step is safe to repeat and to race."""

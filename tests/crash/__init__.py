"""Processes are killed here, and nothing may be lost or doubled: the promises W1, W2, W4, W6, W7."""

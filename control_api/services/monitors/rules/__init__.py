"""What counts as a change. Pure: no I/O, no storage, no Flask."""

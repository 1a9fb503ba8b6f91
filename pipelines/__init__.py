"""Item → validated → written, one concern a file."""

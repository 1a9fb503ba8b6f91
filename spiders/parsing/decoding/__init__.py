"""From the bytes of an answer to whole text."""

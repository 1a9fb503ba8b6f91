"""From what a client asks for to a written job."""

"""MongoDB and Redis as processes of the stack."""

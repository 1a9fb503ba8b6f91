class StackError(Exception):
    """The stack cannot start or stop as asked. The message is the one line the user reads."""

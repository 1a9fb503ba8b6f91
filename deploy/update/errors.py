class DeployError(Exception):
    """The node was not updated. The message is one line for the operator, without a secret."""


class UsageError(DeployError):
    """What was asked for cannot be meant: nothing was tried."""

"""Loopback ports: choosing free ones, and telling busy from free."""

import errno
import random
import socket

from deploy.embedded.errors import StackError

# Below Linux' ephemeral range (32768 up): no outgoing connection takes these by chance.
_RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise StackError(f"port {port} cannot be used: {error.strerror}") from error
            return False
        return True


def free_port(taken: frozenset[int] = frozenset()) -> int:
    for port in random.sample(_RANGE, k=200):
        if port not in taken and is_free(port):
            return port
    raise StackError(f"no free port between {_RANGE.start} and {_RANGE.stop}")

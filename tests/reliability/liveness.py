"""Looks at /health/live until its input ends; prints seconds and status of each look."""

from __future__ import annotations

import http.client
import select
import sys
import time


def main(port: int) -> None:
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        began = time.monotonic()
        # A new connection each time, as an orchestrator makes one: it may reach either process.
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/health/live")
        status = connection.getresponse().status
        print(f"{time.monotonic() - began:.4f} {status}")
        connection.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))

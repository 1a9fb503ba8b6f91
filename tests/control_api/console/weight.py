"""What an answer weighs on the wire."""

from __future__ import annotations

import gzip


def weight(data: bytes) -> int:
    return len(gzip.compress(data))

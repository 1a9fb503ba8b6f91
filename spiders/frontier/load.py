"""How busy the machine is, as its crawlers tell it with their heartbeats."""

from __future__ import annotations

import os


def load_per_core() -> float | None:
    """Tasks that ran or waited for a processor over the last minute, per core; None where unknown."""
    try:
        average, _, _ = os.getloadavg()
    except OSError:
        return None
    return round(average / (os.cpu_count() or 1), 2)

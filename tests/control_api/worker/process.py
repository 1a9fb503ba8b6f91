"""How a worker is started as a process."""

from __future__ import annotations

import os
import sys

from tests.stores import Store

COMMAND = [sys.executable, "-m", "control_api.worker"]


def environment(store: Store, **variables: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "MONGODB_URI": store.config.mongodb_uri,
        "MONGODB_DATABASE": store.config.mongodb_database,
        "REDIS_URL": store.config.redis_url,
        **variables,
    }

"""What differs, on top of pool.py, where a process works for one spider job alone."""

from __future__ import annotations

from typing import Any

# The setting under which a claimed run reaches extension and pipeline: a Claim as plain fields.
CLAIM = "DEDICATED_CLAIM"
# The process id of the runner that has started the process.
SUPERVISOR = "DEDICATED_SUPERVISOR"

# They win over what a spider or a preset says: no process listens, and rows go to the job.
DEDICATED: dict[str, Any] = {
    "POOL_MODE": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    # The log goes to the job; a file on the node would have no end.
    "LOG_ENABLED": False,
    "LOG_FILE": None,
    "EXTENSIONS": {
        "spiders.extensions.outcome.CrawlOutcome": 0,
        "spiders.frontier.dedicated.DedicatedRun": 0,
        "spiders.extensions.defects.DefectCounter": 0,
        "scrapy.extensions.memusage.MemoryUsage": 0,
    },
    "ITEM_PIPELINES": {
        "pipelines.validation.ValidationPipeline": 100,
        "pipelines.run_items.RunItemsPipeline": 900,
    },
}

# A preset may set these, within these bounds; numbers and booleans only.
NUMBERS: dict[str, tuple[float, float]] = {
    "CONCURRENT_REQUESTS": (1, 64),
    "CONCURRENT_REQUESTS_PER_DOMAIN": (1, 64),
    "DOWNLOAD_DELAY": (0, 300),
    "DOWNLOAD_TIMEOUT": (1, 600),
    "DEPTH_LIMIT": (0, 1_000),
    "CLOSESPIDER_ITEMCOUNT": (0, 10_000_000),
    "CLOSESPIDER_PAGECOUNT": (0, 10_000_000),
    "CLOSESPIDER_TIMEOUT": (0, 7 * 86_400),
    "CLOSESPIDER_ERRORCOUNT": (0, 1_000_000),
    "PAGE_ATTEMPTS": (1, 20),
}
SWITCHES: dict[str, tuple[bool, ...]] = {
    "AUTOTHROTTLE_ENABLED": (True, False),
    # Politeness can be added, never taken away.
    "ROBOTSTXT_OBEY": (True,),
}

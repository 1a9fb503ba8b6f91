"""The words of the two dialects for our job statuses, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from control_api.services.records import JobStatus

SCRAPEMASTER: Mapping[JobStatus, str] = MappingProxyType(
    {
        JobStatus.QUEUED: "pending",
        JobStatus.RUNNING: "running",
        JobStatus.COMPLETED: "completed",
        JobStatus.FAILED: "failed",
        JobStatus.CANCELLED: "cancelled",
    }
)
SCRAPETHIS: Mapping[JobStatus, str] = MappingProxyType(
    {**SCRAPEMASTER, JobStatus.COMPLETED: "finished", JobStatus.FAILED: "error"}
)
StatusWord = Literal[
    "pending", "running", "completed", "finished", "failed", "error", "cancelled"
]  # fmt: skip
STATUS_OF_WORD: Mapping[str, JobStatus] = MappingProxyType(
    {word: status for words in (SCRAPEMASTER, SCRAPETHIS) for status, word in words.items()}
)

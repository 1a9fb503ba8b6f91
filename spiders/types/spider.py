"""Any spider by its name, a user's own among them: it runs for one job."""

from __future__ import annotations

from spiders.types.job_type import JobType

SPIDER = JobType(name="spider")

"""Jobs that are followed until their ends, each of which must have succeeded."""

from collections.abc import Sequence

from rich.console import Console

from deploy.embedded.demo.client import ApiClient, Json
from deploy.embedded.demo.progress import follow_job
from deploy.embedded.errors import StackError

_JOB_SECONDS = 120.0


class Jobs:
    def __init__(self, client: ApiClient, console: Console) -> None:
        self._client = client
        self._console = console

    def crawl(self, project: str, kind: str, *, targets: Sequence[str], config: Json) -> Json:
        job = self._client.create_job(project, kind, targets=targets, config=config)
        return self.follow(str(job["id"]), title=f"{kind} job")

    def follow(self, job_id: str, *, title: str) -> Json:
        ended = follow_job(
            lambda: self._client.job(job_id),
            title=title,
            console=self._console,
            timeout_seconds=_JOB_SECONDS,
        )
        if ended["outcome"] != "succeeded":
            raise StackError(f"the {title} ended {ended['outcome']}: {_failures(ended)}")
        return ended


def _failures(job: Json) -> str:
    failed = [target for target in job["targets"] if target["status"] == "failed"]
    reasons = [f"{target['value']} ({target['error']['code']})" for target in failed]
    return ", ".join(reasons[:5]) or "no target failed"

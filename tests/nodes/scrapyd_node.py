"""A crawl node as it is deployed: a real scrapyd with our runner, which can be killed and frozen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import httpx

from control_api.gateways.scrapyd import PROJECT, Scrapyd, ScrapydError
from deploy.embedded.children import start_child
from deploy.embedded.layout import PROJECT_ROOT
from settings.config import Config, ScrapydNode

PASSWORD = "the-nodes-password"
HEARTBEAT_SECONDS = 2.0
STOP_GRACE_SECONDS = 1.5


class RealNode:
    """`prefix` goes before the command: `ip netns exec ...` puts the node elsewhere."""

    def __init__(
        self,
        config: Config,
        folder: Path,
        *,
        port: int,
        host: str = "127.0.0.1",
        prefix: Sequence[str] = (),
        **variables: str,
    ) -> None:
        self.folder = folder
        self.config = ScrapydNode(f"http://{host}:{port}", "azscraper", PASSWORD)
        self._prefix = list(prefix)
        self._environ = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(PROJECT_ROOT),
            "STACK_DATA": str(folder),
            "SCRAPYD_BIND_ADDRESS": host,
            "SCRAPYD_HTTP_PORT": str(port),
            "SCRAPYD_USERNAME": "azscraper",
            "SCRAPYD_PASSWORD": PASSWORD,
            "NODE_NAME": self.config.name,
            "MONGODB_URI": config.mongodb_uri,
            "MONGODB_DATABASE": config.mongodb_database,
            "REDIS_URL": config.redis_url,
            "HEARTBEAT_SECONDS": str(HEARTBEAT_SECONDS),
            "LEASE_SECONDS": str(3 * HEARTBEAT_SECONDS),
            "EXTRA_SPIDER_MODULES": "tests.nodes.spiders",
            "STOP_GRACE_SECONDS": str(STOP_GRACE_SECONDS),
            **variables,
        }
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self.folder / "scrapyd.log").read_text(errors="replace")

    def start(self, **variables: str) -> None:
        self.launch(**variables)
        self.wait_until_it_answers()

    def launch(self, **variables: str) -> None:
        self.kill()
        (self.folder / "scrapyd").mkdir(parents=True, exist_ok=True)
        application = PROJECT_ROOT / "deploy" / "scrapyd" / "scrapyd_app.py"
        command = [*self._prefix, str(Path(sys.executable).with_name("twistd"))]
        command += ["--nodaemon", "--pidfile=", "--python", str(application)]
        # scrapyd's crawlers look for scrapy.cfg where it runs.
        self._child = start_child(
            ["env", "-C", str(PROJECT_ROOT), *command],
            log=self.folder / "scrapyd.log",
            env={**self._environ, **variables},
        )

    def start_with(self, code: str) -> None:
        """Every Python process of the node runs this first: what is wrong with its machine."""
        folder = self.folder / "site"
        folder.mkdir(parents=True)
        (folder / "sitecustomize.py").write_text(code)
        self.start(PYTHONPATH=f"{folder}:{self._environ['PYTHONPATH']}")

    def wait_until_it_answers(self) -> None:
        wait_until(self.answers, f"{self.config.name} answers", seconds=60)
        # scrapyd lists its spiders before its first start, and answers nobody meanwhile.
        httpx.get(
            f"{self.config.url}/listspiders.json?project={PROJECT}",
            auth=(self.config.username, self.config.password),
            timeout=60,
            trust_env=False,
        ).raise_for_status()

    def answers(self) -> bool:
        with closing(Scrapyd(self.config, timeout_seconds=1.0)) as scrapyd:
            try:
                scrapyd.jobs()
            except ScrapydError:
                return False
            return True

    def send(self, number: signal.Signals) -> None:
        """To scrapyd alone, as an operator or the kernel would."""
        assert self._child is not None
        os.kill(self._child.pid, number)

    def kill(self) -> None:
        if self._child is not None and self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()


def wait_until(holds: Callable[[], object], what: str, *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

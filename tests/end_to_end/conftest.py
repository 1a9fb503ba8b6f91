from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from deploy.embedded.ports import free_port
from tests.crash.farm import Farm, running_farm, running_sandbox
from tests.services import running_redis

SECRET = "a-secret-of-the-tests-0123456789abcdef"
Serve = Callable[..., tuple[Farm, httpx.Client]]


@pytest.fixture
def serve(tmp_path: Path, mongodb_uri: str) -> Iterator[Serve]:
    """Start the sandbox with options, worker, API and one crawler of each kind; a signed-in client."""
    with ExitStack() as stack:

        def start(
            *sandbox_options: str, is_origin: bool = False, **environ: str
        ) -> tuple[Farm, httpx.Client]:
            folder = tmp_path / f"farm-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            sandbox_url = stack.enter_context(running_sandbox(folder, *sandbox_options))
            port = free_port()
            farm = stack.enter_context(
                running_farm(
                    folder,
                    mongodb_uri=mongodb_uri,
                    redis_url=stack.enter_context(running_redis()),
                    sandbox_url=sandbox_url,
                    AMAZON_ORIGIN=sandbox_url if is_origin else "",
                    JWT_SECRET=SECRET,
                    DEFAULT_PLAN="unlimited",
                    RETRY_DELAY_SECONDS="0.05",
                    LEASE_SECONDS="10",
                    HEARTBEAT_SECONDS="1",
                    **environ,
                )
            )
            farm.start_worker()
            farm.start_crawler("detail", "amazon_detail")
            farm.start_crawler("search", "amazon_search")
            farm.start(
                "api",
                *("granian", "--interface", "asgi", "--port", str(port), "control_api.asgi:app"),
            )
            client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)
            stack.enter_context(client)
            farm.wait_for(lambda: is_healthy(client), what="the API")
            register(client, "tester@example.com")
            return farm, client

        yield start


def is_healthy(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx.HTTPError:
        return False


def register(client: httpx.Client, email: str) -> None:
    body = {"email": email, "password": "correct horse battery", "name": "Tester"}
    answer = client.post("/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['data']['accessToken']}"

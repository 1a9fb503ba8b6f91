from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox.goods.asins import AsinCode
from tests.crash.farm import Farm, running_farm, running_sandbox
from tests.services import running_redis

MakeFarm = Callable[..., Farm]
SANDBOX_SEED = 1


@pytest.fixture
def asins() -> list[str]:
    """500 ASINs that the practice marketplace sells, no two of them variants of each other."""
    code = AsinCode(seed=SANDBOX_SEED)
    return [code.asin(number) for number in range(0, 500 * 20, 20)]


@pytest.fixture
def make_farm(tmp_path: Path, mongodb_uri: str) -> Iterator[MakeFarm]:
    """A farm with a Redis of its own; options go to the sandbox."""
    with ExitStack() as stack:

        def make(*sandbox_options: str, **environ: str) -> Farm:
            sandbox_url = stack.enter_context(
                running_sandbox(tmp_path, f"--seed={SANDBOX_SEED}", *sandbox_options)
            )
            redis_url = stack.enter_context(running_redis())
            return stack.enter_context(
                running_farm(
                    tmp_path,
                    mongodb_uri=mongodb_uri,
                    redis_url=redis_url,
                    sandbox_url=sandbox_url,
                    **environ,
                )
            )

        yield make

"""A direct crawl of a store that asks for visitors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.spiders.crawling import direct_crawl
from tests.spiders.visitors.shop import Shop, asins


@dataclass(frozen=True)
class Crawl:
    rows: list[dict[str, Any]]
    log: str

    def failures(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in self.log.splitlines():
            if "[amazon_detail] WARNING" in line and " failed: " in line:
                code = line.split(" failed: ")[1].split(":")[0]
                found[code] = found.get(code, 0) + 1
        return found


def crawl(shop: Shop, folder: Path, *arguments: str, products: int = 8, **variables: str) -> Crawl:
    file = folder / "rows.jsonl"
    file.unlink(missing_ok=True)
    options = [word for argument in arguments for word in ("-a", argument)]
    environ = {
        "AMAZON_ORIGIN": shop.url,
        "PAGE_ATTEMPTS": "2",
        "RETRY_DELAY_SECONDS": "0.1",
        "LOG_LEVEL": "DEBUG",
        **variables,
    }
    done = direct_crawl(
        "amazon_detail",
        *("-a", f"targets={','.join(asins(products))}", *options, "-O", str(file)),
        **environ,
    )
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    # Nothing succeeded, and something failed.
    assert done.returncode == (0 if rows else 1), done.stderr
    return Crawl(rows, done.stderr)

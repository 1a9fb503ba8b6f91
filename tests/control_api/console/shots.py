"""`make shots`: pictures of the console's pages, light, dark and as on a phone, from a stack of its own.

The rows are those of the practice store. Two of the pictures go into docs/pictures/.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from deploy.embedded.layout import PROJECT_ROOT
from tests.control_api.console.browser.browsing import chromium

FOLDER = PROJECT_ROOT / ".data" / "shots"
PICTURES = PROJECT_ROOT / "docs" / "pictures"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
# By name of the page: the look whose picture is kept in the repository.
_KEPT = {"job": "light", "reasons": "dark"}
_LINK = re.compile(r"Console +(\S+/console/enter#t=\S+)")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="azscraper-shots-") as data, stack(Path(data)) as link:
        base = json.loads((Path(data) / "stack.json").read_text())["apiUrl"]
        with chromium() as browser:
            state = prepared(browser, link, base)
            for look, options in LOOKS.items():
                context = browser.new_context(**options, storage_state=state["cookies"])
                take(context.new_page(), base, state["paths"], look)
                context.close()
    print(f"Pictures: {FOLDER}")
    return 0


@contextmanager
def stack(data: Path) -> Iterator[str]:
    """The link that `make up` prints."""
    command = [sys.executable, "-m", "deploy.embedded", "--data", str(data)]
    done = subprocess.run(
        [*command, "up"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    try:
        found = _LINK.search(done.stdout)
        assert found, done.stdout
        yield found[1]
    finally:
        subprocess.run([*command, "down"], cwd=PROJECT_ROOT, capture_output=True, check=True)


def prepared(browser: Browser, link: str, base: str) -> dict[str, Any]:
    """Signed in, with jobs that have rows and one that failed in part."""
    context = browser.new_context(**LOOKS["light"])
    page = context.new_page()
    page.goto(link)
    page.wait_for_url(f"{base}/console")
    page.screenshot(path=FOLDER / "welcome-light.png")
    page.get_by_role("button", name="Start the practice job").click()
    page.locator("#live .state", has_text="succeeded").wait_for(timeout=120_000)
    job = page.url.rpartition("/")[2]
    paths: dict[str, str] = {
        "home": "/console",
        "jobs": "/console/jobs",
        "job": f"/console/jobs/{job}",
        "targets": f"/console/jobs/{job}/targets",
        "call": f"/console/jobs/{job}/call",
        "coverage": f"/console/jobs/{job}/coverage",
        "new-job": "/console/jobs/new",
        "schedules": "/console/schedules",
        "webhooks": "/console/webhooks",
        "projects": "/console/projects",
        "keys": "/console/keys",
        "members": "/console/members",
        "usage": "/console/usage",
        "operator": "/console/operator",
        "changes": "/console/changes",
        "account": "/console/sessions",
    }
    # A second one, of which a target fails.
    page.goto(f"{base}/console/jobs/new")
    page.get_by_label("details:").check()
    page.get_by_label("Targets").fill("B0NOTHERE1\nB046JOOJ4J\nB0XQ0ORSZ8")
    page.get_by_label("Marketplace").select_option("sandbox")
    page.get_by_role("button", name="Start").click()
    page.locator("#live .state.warn, #live .state.good, #live .state.bad").first.wait_for(
        timeout=120_000
    )
    paths |= {
        "reasons": f"{page.url.removeprefix(base)}/targets",
        "report": f"/console/jobs/{job}/report",
    }
    page.goto(f"{base}/console/schedules/new?job={job}")
    page.get_by_role("textbox", name="Name").fill("Every morning")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Run now").click()
    page.locator("#live .state", has_text="succeeded").wait_for(timeout=120_000)
    page.goto(f"{base}/console/schedules")
    page.get_by_role("link", name="Every morning").click()
    paths |= {"schedule": page.url.removeprefix(base)}
    # A monitor with two rounds.
    page.goto(f"{base}/console/monitors/new")
    page.get_by_role("textbox", name="Name").fill("Earbuds")
    page.get_by_label("Marketplace").select_option("sandbox")
    page.get_by_label("What is followed").fill("B046JOOJ4J\nB0XQ0ORSZ8\nB028QXNIKF")
    page.get_by_role("button", name="Create").click()
    paths |= {"monitor": page.url.removeprefix(base)}
    for _ in range(2):
        page.get_by_role("button", name="Start a round").click()
        page.locator("#live .state", has_text="succeeded").wait_for(timeout=120_000)
        page.wait_for_timeout(1_500)
        page.goto(base + paths["monitor"])
    page.locator("main tbody a").first.click()
    paths |= {
        "product": page.url.removeprefix(base),
        "kept-product": "/console/products/sandbox/B046JOOJ4J",
    }
    cookies = context.storage_state()
    context.close()
    return {"paths": paths, "cookies": cookies}


def take(page: Page, base: str, paths: dict[str, str], look: str) -> None:
    for name, path in paths.items():
        page.goto(base + path)
        page.screenshot(path=FOLDER / f"{name}-{look}.png")
        if _KEPT.get(name) == look:
            page.set_viewport_size({"width": 1180, "height": 620})
            page.screenshot(path=PICTURES / f"console-{name}.png")
            page.set_viewport_size(LOOKS[look]["viewport"])


if __name__ == "__main__":
    raise SystemExit(main())

"""The demo from the start of the stack to the exported files."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from rich.console import Console

from deploy.embedded.demo.client import ApiClient, Json
from deploy.embedded.demo.jobs import Jobs
from deploy.embedded.demo.tables import DETAILS, SEARCH, table_of
from deploy.embedded.demo.watching import Watching
from deploy.embedded.errors import StackError
from deploy.embedded.identity import FIRST_EMAIL
from deploy.embedded.layout import Layout
from deploy.embedded.logs import ends_of_crawl_logs, why_it_ended
from deploy.embedded.plan import Plan
from deploy.embedded.shutdown import stop_stack
from deploy.embedded.startup import running_plan, start_stack

KEYWORDS = ("wireless earbuds", "usb hub")
PAGES_PER_KEYWORD = 2
PRODUCTS = 20
PLACES = ("90210", "CH")
_READY_SECONDS = 20.0
_SHOWN_ROWS = 8


def run_demo(layout: Layout) -> int:
    console = _console()
    plan = running_plan(layout, environ=os.environ)
    was_up = plan is not None
    began = time.monotonic()
    try:
        if plan is None:
            console.print("Starting MongoDB, Redis, scrapyd, the worker, the API and the sandbox")
            plan = start_stack(layout, environ=os.environ).plan
            console.print(f"Up after {time.monotonic() - began:.1f} s: API at {plan.api_url}")
        _crawl_and_show(plan, console)
        console.print(f"Done in {time.monotonic() - began:.1f} s.")
    finally:
        if not was_up:
            stop_stack(layout)
    if was_up:
        console.print("The stack stays up, as it was.")
    else:
        console.print("The stack is down again. Keep it with: make up")
    return 0


def _console() -> Console:
    console = Console()
    # A file or a pipe has no width: rich would assume 80 and cut the table.
    return console if console.is_terminal else Console(width=120)


def _crawl_and_show(plan: Plan, console: Console) -> None:
    client = ApiClient(plan.api_url)
    try:
        client.wait_until_ready(_READY_SECONDS)
        client.require_crawlers()
        client.log_in(FIRST_EMAIL, plan.identity.first_password)
        store_url = plan.environ["SANDBOX_URL"]
        Demo(client, console, store_url=store_url, exports=plan.layout.demo).run()
    except httpx.TransportError as error:
        raise StackError(f"the API does not answer: {why_it_ended(plan.layout)}") from error
    except StackError as error:
        raise StackError(f"{error}\n{ends_of_crawl_logs(plan.layout)}") from error
    finally:
        client.close()


class Demo:
    def __init__(
        self, client: ApiClient, console: Console, *, store_url: str, exports: Path
    ) -> None:
        self._client = client
        self._console = console
        self._jobs = Jobs(client, console)
        self._store_url = store_url
        self._exports = exports

    def run(self) -> None:
        project = self._client.project_named("Demo")
        config = {"marketplace": "sandbox", "maxPages": PAGES_PER_KEYWORD}
        search = self._jobs.crawl(project, "search", targets=KEYWORDS, config=config)
        found = self._client.rows(search["id"], limit=1000)
        # Each keyword's first rows, so that the table shows both.
        first = [row for row in found if row["rank"] <= _SHOWN_ROWS // len(KEYWORDS)]
        self._console.print(table_of(first, SEARCH, title=f"{len(found)} search rows, the first:"))

        asins = list(dict.fromkeys(row["asin"] for row in found))[:PRODUCTS]
        details = self._jobs.crawl(
            project, "details", targets=asins, config={"marketplace": "sandbox"}
        )
        products = self._client.rows(details["id"], limit=PRODUCTS)
        shown = products[:_SHOWN_ROWS]
        title = f"{details['resultCount']} products, the first:"
        self._console.print(table_of(shown, DETAILS, title=title))
        self._compare_places(project, shown)
        watching = Watching(self._client, self._jobs, store_url=self._store_url)
        self._console.print(watching.table_of_changes(project, products))
        self._export({"search": search["id"], "details": details["id"]})

    def _compare_places(self, project: str, products: Sequence[Json]) -> None:
        """The products of the table again, as they are offered elsewhere."""
        asins = [product["asin"] for product in products]
        shown = {asin: {"asin": asin} for asin in asins}
        home = str(products[0]["deliverTo"])
        by_place = {home: list(products)}
        for place in PLACES:
            config = {"marketplace": "sandbox", "deliverTo": place}
            job = self._jobs.crawl(project, "details", targets=asins, config=config)
            rows = self._client.rows(job["id"], limit=len(asins))
            by_place[str(rows[0]["deliverTo"])] = rows
        for name, rows in by_place.items():
            for row in rows:
                shown[row["asin"]][name] = row["price"]
        title = "The same products, delivered elsewhere:"
        columns = ("asin", *by_place)
        self._console.print(table_of(list(shown.values()), columns, title=title))

    def _export(self, jobs: dict[str, str]) -> None:
        self._exports.mkdir(parents=True, exist_ok=True)
        for kind, job_id in jobs.items():
            for form in ("csv", "json"):
                path = self._exports / f"{kind}.{form}"
                self._client.export(job_id, form=form, path=path)
                self._console.print(f"Wrote {path}", highlight=False, soft_wrap=True)

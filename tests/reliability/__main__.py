"""`python -m tests.reliability` measures, and writes the tables of docs/reliability.md."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from deploy.embedded.layout import PROJECT_ROOT
from tests.reliability.measure import Outage, measure
from tests.reliability.stage import Fault, Store, set_stage

PAGE = PROJECT_ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

Situation = tuple[Store, Fault]


def main() -> None:
    with set_stage() as stage:
        seen = {
            situation: measure(stage, *situation) for situation in itertools.product(Store, Fault)
        }
    text = PAGE.read_text()
    between = re.compile(f"(?<={BEGIN}).*(?={END})", re.DOTALL)
    PAGE.write_text(between.sub(lambda _: f"\n{_whole(seen)}\n{_routes(seen)}", text))


def _whole(seen: Mapping[Situation, Outage]) -> str:
    lines = [
        "| away | slowest answer | slowest `/health/live` | threads before, at most | whole again after |",
        "|---|---|---|---|---|",
    ]
    for (store, fault), outage in seen.items():
        slowest = max(answer.seconds for answer in outage.answers)
        lines.append(
            f"| {store} {fault} | {slowest:.2f} s | {outage.slowest_liveness * 1000:.0f} ms"
            f" | {outage.threads_before}, {outage.threads_most} | {outage.whole_after:.1f} s |"
        )
    return "\n".join(lines) + "\n"


def _routes(seen: Mapping[Situation, Outage]) -> str:
    head = " | ".join(f"{store} {fault}" for store, fault in seen)
    rows: dict[str, list[str]] = {}
    for outage in seen.values():
        for first, later in zip(outage.first, outage.later, strict=True):
            route = f"{first.call.method} `{first.call.rule}`"
            seconds = max(first.seconds, later.seconds)
            rows.setdefault(route, []).append(f"{seconds:.1f} s, {later.status}")
    lines = [f"| route | {head} |", "|---" * (len(seen) + 1) + "|"]
    lines += [f"| {route} | {' | '.join(cells)} |" for route, cells in rows.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

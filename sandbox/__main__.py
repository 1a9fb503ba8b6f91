"""python -m sandbox"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import uvloop

from sandbox import chrome
from sandbox.faults import NAMES, FaultPlan, InvalidFault, checked_rates, rate_from_text
from sandbox.faulty import FaultyShop
from sandbox.front import Clock, Front
from sandbox.goods.catalogue import MAX_BLOCKS, Catalogue
from sandbox.http import server
from sandbox.http.journal import DEFAULT_SIZE, Journal
from sandbox.replay import InvalidManifest, Replay
from sandbox.store import Store
from sandbox.visitors.habits import NAMES as HABITS
from sandbox.visitors.habits import Habits, habit_from_text
from sandbox.visitors.visited_store import VisitedStore


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090, help="0 takes any free one")
    parser.add_argument("--pages", type=Path, help="replay a folder of saved pages")
    parser.add_argument("--variant", type=int, default=0, help="which of pages that share a URL")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME=RATE",
        help=f"repeatable: {', '.join(NAMES)}",
    )
    parser.add_argument("--fault-by", choices=("request", "target"), default="request")
    parser.add_argument(
        "--visitors",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=f"repeatable, how visitors are treated: {', '.join(HABITS)}",
    )
    parser.add_argument(
        "--exits", type=int, default=0, metavar="N", help="N more ports, proxies of the store"
    )
    parser.add_argument(
        "--journal", type=int, default=DEFAULT_SIZE, metavar="N", help="requests remembered"
    )
    parser.add_argument("--slow-ms", type=int, default=3000, help="what fault slow waits")
    parser.add_argument("--delay", type=int, default=0, metavar="MS", help="before every page")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument(
        "--bulk",
        type=int,
        default=MAX_BLOCKS,
        metavar="N",
        help="at most N blocks of 100 kB that are no product (0: product pages of 0.3 MB)",
    )
    parser.add_argument(
        "--sells-out",
        action="store_true",
        help="pages of products say now and then that there is nothing left",
    )
    parser.add_argument(
        "--moves",
        action="store_true",
        help="places of searches and lists, sellers and titles are other ones every few hours",
    )
    return parser.parse_args(argv)


def front_from(options: argparse.Namespace) -> Front:
    rates = checked_rates(dict(rate_from_text(text) for text in options.fault))
    faults = FaultPlan(rates, seed=options.seed, by=options.fault_by)
    clock = Clock()
    shop: VisitedStore | Replay
    visited: VisitedStore | None = None
    if options.pages:
        shop = Replay(options.pages, variant=options.variant)
    else:
        catalogue = Catalogue(
            seed=options.seed,
            products=options.products,
            max_blocks=options.bulk,
            sells_out=options.sells_out,
            moves=options.moves,
        )
        habits = Habits().changed(dict(habit_from_text(text) for text in options.visitors))
        shop = visited = VisitedStore(Store(catalogue, clock=clock), habits, seed=options.seed)
        chrome.blocks()
    site = FaultyShop(shop, faults, slow_seconds=options.slow_ms / 1000)
    return Front(
        site,
        faults,
        clock=clock,
        delay_seconds=options.delay / 1000,
        find_facts=shop.find_facts,
        visited=visited,
        journal=Journal(size=options.journal),
    )


async def serve(front: Front, *, host: str, port: int, exits: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    listening = await server.start(front, host=host, port=port)
    proxies = [
        await server.start(front, host=host, port=0, exit_name=f"exit-{number}")
        for number in range(1, exits + 1)
    ]
    for number, proxy in enumerate(proxies, 1):
        print(f"exit-{number} is the proxy {url_of(proxy, host)}", flush=True)
    print(f"sandbox listening on {url_of(listening, host)}", flush=True)
    await stop.wait()
    for opened in (listening, *proxies):
        opened.close()


def url_of(listening: asyncio.Server, host: str) -> str:
    return f"http://{host}:{listening.sockets[0].getsockname()[1]}"


def main(argv: list[str]) -> int:
    options = arguments(argv)
    try:
        front = front_from(options)
        uvloop.run(serve(front, host=options.host, port=options.port, exits=options.exits))
    except (InvalidFault, InvalidManifest, OSError) as problem:
        print(f"sandbox: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

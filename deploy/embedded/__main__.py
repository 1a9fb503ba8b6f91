"""`python -m deploy.embedded up|down|run|status|demo`."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.embedded.errors import StackError
from deploy.embedded.layout import DEFAULT_DATA, Layout
from deploy.embedded.plan import Plan
from deploy.embedded.service_status import crawl_lines, dead_services, service_lines
from deploy.embedded.shutdown import stop_stack
from deploy.embedded.sign_in_link import sign_in_link
from deploy.embedded.startup import running_plan, start_stack
from settings.config import ConfigError, load_config


def up(layout: Layout) -> int:
    """start the stack in the background"""
    plan = running_plan(layout, environ=os.environ)
    if plan is not None:
        print("The stack is already up.")
    else:
        plan = start_stack(layout, environ=os.environ).plan
    _print_addresses(plan)
    return 0


def down(layout: Layout) -> int:
    """end every process of the stack"""
    ended = stop_stack(layout)
    print(f"Stopped {len(ended)} processes." if ended else "The stack is not running.")
    return 0


def run(layout: Layout) -> int:
    """run the stack in the foreground until Ctrl-C"""
    if running_plan(layout, environ=os.environ) is not None:
        raise StackError("the stack is already up: `make down` first")
    launched = start_stack(layout, environ=os.environ, shows_output=True)
    _print_addresses(launched.plan)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return launched.launcher.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop_stack(layout)
        launched.launcher.wait()


def status(layout: Layout) -> int:
    """tell what runs, since when and where; whether crawlers live; how much work waits

    Exit code 3: the stack is not up. 1: it is up, and something of it is wrong.
    """
    plan = running_plan(layout, environ=os.environ)
    if plan is None:
        print("The stack is not up.")
        return 3
    lines = service_lines(plan)
    print(f"{'SERVICE':<9} {'STATE':<9} {'SINCE':<21} ADDRESS")
    for line in lines:
        print(line.text())
    crawl, wrong = crawl_lines(plan, load_config(plan.environ))
    print(*crawl, sep="\n")
    _print_addresses(plan)
    wrong = [*dead_services(lines, layout), *wrong]
    for text in wrong:
        print(f"WRONG     {text}")
    return 1 if wrong else 0


def demo(layout: Layout) -> int:
    """crawl the practice marketplace once, from POST to export"""
    from deploy.embedded.demo.run import run_demo

    return run_demo(layout)


COMMANDS: dict[str, Callable[[Layout], int]] = {
    command.__name__: command for command in (up, down, run, status, demo)
}


def _print_addresses(plan: Plan) -> None:
    if link := sign_in_link(plan):
        print(f"Console    {link}")
    print(f"API        {plan.api_url}")
    print(f"API docs   {plan.api_url}/api/docs")
    print(f"Sandbox    {plan.sandbox_url}")
    print(f"Addresses and credentials: {plan.layout.stack_json}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded")
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, help="data folder (default: ./.data)"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=(command.__doc__ or "").partition("\n")[0])
    options = parser.parse_args()
    try:
        return COMMANDS[options.command](Layout(options.data.resolve()))
    except (StackError, ConfigError) as error:
        print(f"azscraper: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())

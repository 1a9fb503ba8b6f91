"""The operator's commands: `python -m control_api.manage --help`."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing

from control_api.doctor import examine
from control_api.http.json_text import text_from_time
from control_api.services.accounts.plans import PLANS
from control_api.services.errors import EmailAlreadyExists
from control_api.services.jobs.reports.report_text import lines_from_report
from control_api.wiring.api import Parts, build_parts
from control_api.wiring.monitors import recomputing
from settings.config import ConfigError, current_config
from settings.process_environment import direct_mode_environment
from storage.base.away import StorageAway
from storage.base.connections import LOOPS
from storage.base.indexes import create_indexes, missing_indexes, wrong_indexes
from storage.base.migrations import MigrationRunning, migrate, pending
from storage.reports.stories import NoSuchStory, Stories

MIN_PASSWORD_LENGTH = 8


class CommandFailed(Exception):
    """Raised by a command; its message is all the operator sees, and the exit code is 1."""


def main(arguments: Sequence[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["probe"]:
        return _probe(given[1:])
    options = _parser().parse_args(given)
    try:
        parts = build_parts(current_config(), LOOPS)
        with closing(parts):
            print(_run(options, parts))
    except (CommandFailed, ConfigError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except StorageAway as error:
        print(f"error: MongoDB cannot be used: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m control_api.manage")
    commands = parser.add_subparsers(dest="command", required=True)
    migrate_ = commands.add_parser(
        "migrate", help="make missing indexes and bring stored data up to this release"
    )
    migrate_.add_argument("--check", action="store_true", help="only say what is pending")
    indexes = commands.add_parser("indexes", help="make the indexes that are missing")
    indexes.add_argument("--check", action="store_true", help="only say what is missing")
    for name in ("doctor", "status"):
        commands.add_parser(name, help="what runs and what is wrong: stores, nodes, crawlers, jobs")
    admin = commands.add_parser("admin", help="make a user an admin")
    admin.add_argument("email")
    plan = commands.add_parser("plan", help="set an organization's plan")
    plan.add_argument("who", metavar="EMAIL|ORGANIZATION")
    plan.add_argument("plan", choices=sorted(PLANS))
    user = commands.add_parser("user", help="make a user; the password is read from stdin")
    user.add_argument("email")
    user.add_argument("--name")
    user.add_argument("--plan", choices=sorted(PLANS), help="plan of the user's new organization")
    story = commands.add_parser(
        "story", help="what became of a job, in order of time, from its request to its webhooks"
    )
    story.add_argument("job", help="a job's id, or the id of the request that made it")
    story.add_argument("target", nargs="?", help="a target's text, or its number from 0")
    report = commands.add_parser(
        "report",
        help="count a job's targets, rows, credits and deliveries, and say whether they agree",
    )
    report.add_argument("job", help="a job's id")
    recompute = commands.add_parser(
        "recompute-monitor",
        help="compute a monitor's watches anew from its rows, and say whether they are the same",
    )
    recompute.add_argument("monitor", help="a monitor's id")
    recompute.add_argument(
        "--check", action="store_true", required=True, help="only compare; nothing is written"
    )
    commands.add_parser(
        "probe",
        help="ask a store what it answers this machine or the stored proxies; writes nothing",
    )
    return parser


def _probe(arguments: Sequence[str]) -> int:
    """`scrapy probe` at the crawlers' own pace. A process of its own: the API has no event loop.

    Returns its exit code: 0 works, 1 works with limits, 2 blocked, 64 wrong arguments.
    """
    command = [sys.executable, "-m", "scrapy", "probe", "--shared-pace", *arguments]
    return subprocess.run(command, env=direct_mode_environment(), check=False).returncode


def _run(options: argparse.Namespace, parts: Parts) -> str:
    if options.command == "migrate":
        return _migrate(parts, is_check=options.check)
    if options.command == "indexes":
        return _indexes(parts, is_check=options.check)
    if options.command in ("doctor", "status"):
        return _doctor(parts)
    if options.command == "story":
        return _story(parts, options.job, options.target)
    if options.command == "recompute-monitor":
        return _recompute(parts, options.monitor)
    if options.command == "report":
        return _report(parts, options.job)
    if options.command == "admin":
        return _admin(parts, options.email)
    if options.command == "plan":
        return _plan(parts, options.who, options.plan)
    return _user(parts, options)


def _migrate(parts: Parts, *, is_check: bool) -> str:
    try:
        done = [] if is_check else migrate(parts.stores.database)
    except MigrationRunning as error:
        raise CommandFailed("another process migrates this database") from error
    waiting = [one.name for one in pending(parts.stores.database)] + missing_indexes(
        parts.stores.database
    )
    if wrong := wrong_indexes(parts.stores.database):
        raise CommandFailed(f"indexes with other keys or options: {', '.join(wrong)}")
    if waiting:
        raise CommandFailed(f"pending: {', '.join(waiting)}")
    return "\n".join([*(f"done: {name}" for name in done), "the stored data is of this release"])


def _indexes(parts: Parts, *, is_check: bool) -> str:
    if not is_check:
        create_indexes(parts.stores.database)
    missing, wrong = missing_indexes(parts.stores.database), wrong_indexes(parts.stores.database)
    if missing:
        raise CommandFailed(f"missing indexes: {', '.join(missing)}")
    if wrong:
        raise CommandFailed(f"indexes with other keys or options: {', '.join(wrong)}")
    return "all indexes are there"


def _doctor(parts: Parts) -> str:
    findings = examine(current_config(), parts)
    lines = "\n".join(finding.line() for finding in findings)
    if any(finding.is_wrong for finding in findings):
        print(lines)
        raise CommandFailed("something is wrong; see above")
    return lines


def _story(parts: Parts, job_id: str, target: str | None) -> str:
    try:
        lines = Stories(parts.stores.database).tell(job_id, target)
    except NoSuchStory as error:
        raise CommandFailed(str(error)) from error
    return "\n".join(f"{text_from_time(line.at)}  {line.text}" for line in lines)


def _report(parts: Parts, job_id: str) -> str:
    report = parts.services.job_reports.find_of_any(job_id)
    if report is None:
        raise CommandFailed(f"no job {job_id}")
    text = "\n".join(lines_from_report(report))
    if not report.adds_up:
        print(text)
        wrong = ", ".join(one.name for one in report.sums if not one.holds)
        raise CommandFailed(f"the report of {job_id} does not add up: {wrong}")
    return f"{text}\nIt adds up."


def _recompute(parts: Parts, monitor_id: str) -> str:
    found = recomputing(parts.stores).compare(monitor_id)
    if found is None:
        raise CommandFailed(f"no monitor {monitor_id}")
    if found.missing_rounds:
        raise CommandFailed(
            f"{found.missing_rounds} of the monitor's jobs are not kept: nothing can be compared"
        )
    if found.differing:
        print("\n".join(found.differing))
        raise CommandFailed(f"monitor {monitor_id} is not what its rows say; see above")
    return f"{found.watches} watches and {found.looks} looks: the same as computed from the rows"


def _admin(parts: Parts, email: str) -> str:
    user = parts.stores.users.find_by_email(email)
    if user is None:
        raise CommandFailed(f"no user {email}")
    parts.stores.users.make_admin(user.id)
    return f"{user.email} is an admin"


def _plan(parts: Parts, who: str, plan: str) -> str:
    organization_id = who
    if "@" in who:
        user = parts.stores.users.find_by_email(who)
        if user is None:
            raise CommandFailed(f"no user {who}")
        organization_id = user.organization_id
    if not parts.stores.organizations.set_plan(organization_id, plan):
        raise CommandFailed(f"no organization {organization_id}")
    return f"organization {organization_id} has the plan {plan}"


def _user(parts: Parts, options: argparse.Namespace) -> str:
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < MIN_PASSWORD_LENGTH:
        raise CommandFailed(f"the password needs {MIN_PASSWORD_LENGTH} characters or more")
    try:
        user = parts.services.accounts.register(
            options.email, password, name=options.name, plan=options.plan
        )
    except EmailAlreadyExists as error:
        raise CommandFailed(f"there is a user {options.email} already") from error
    return f"user {user.id} of organization {user.organization_id}"


if __name__ == "__main__":
    raise SystemExit(main())

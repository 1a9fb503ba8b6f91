"""A request never brings code: tables of what somebody might try, all refused before anything is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pymongo.database import Database

from tests.scrapethis.conftest import Caller

pytestmark = pytest.mark.usefixtures("redis_client")

PRESET = {"name": "slowly", "repo_path": "spiders/my_spider.py", "settings": {"DOWNLOAD_DELAY": 2}}

PATHS: list[Any] = [
    "/etc/passwd",
    "../../x.py",
    "..",
    "",
    "spiders/my_spider.py/../../x.py",
    # The deployed file itself, by another way: a path is compared, and never walked.
    "./spiders/my_spider.py",
    "spiders//my_spider.py",
    "spiders/../spiders/my_spider.py",
    "/proc/self/cwd/spiders/my_spider.py",
    "spiders/my_spider.py ",
    "spiders/my_spider.py\0",
    "spiders/my_spider.py\n",
    "spiders\\my_spider.py",
    "SPIDERS/MY_SPIDER.PY",
    "spiders%2Fmy_spider.py",
    "spiders/my_spider.pyc",
    "spiders/my_spider",
    "spiders.my_spider",
    "spiders.my_spider:MySpider",
    "spiders/__init__.py",
    "settings/pool.py",
    "https://example.com/x.py",
    "file:///etc/passwd",
    "git+https://example.com/x.git",
    "\\\\host\\share\\x.py",
    "$(id).py",
    "{{7*7}}",
    "x" * 301,
    None,
    1,
    ["spiders/my_spider.py"],
    {"$ne": ""},
]

SETTINGS: list[Any] = [
    # What names code, or a file, or opens a door.
    {"ITEM_PIPELINES": 1},
    {"ITEM_PIPELINES": {"os.system": 1}},
    {"EXTENSIONS": {"os.system": 1}},
    {"SPIDER_MODULES": "os"},
    {"SPIDER_LOADER_CLASS": "os.system"},
    {"DUPEFILTER_CLASS": "os.system"},
    {"DOWNLOAD_HANDLERS": {"https": None}},
    {"TWISTED_REACTOR": "os.system"},
    {"ADDONS": {"os": 1}},
    {"COMMANDS_MODULE": "os"},
    {"FEEDS": {"/tmp/x": {"format": "json"}}},
    {"FEED_URI": "file:///tmp/x"},
    {"LOG_FILE": "/tmp/x"},
    {"JOBDIR": "/tmp/x"},
    {"FILES_STORE": "/tmp/x"},
    {"HTTPCACHE_DIR": "/tmp/x"},
    {"REMOTE_CONTROL_ENABLED": True},
    {"TELNETCONSOLE_ENABLED": True},
    {"TELNETCONSOLE_PORT": 6023},
    {"USER_AGENT": "x"},
    {"PROXY": "http://127.0.0.1"},
    # What belongs to the service itself.
    {"DEDICATED_CLAIM": 1},
    {"POOL_MODE": True},
    {"MEMUSAGE_ENABLED": False},
    {"__class__": 1},
    {"$set": 1},
    {"a.b": 1},
    {"": 1},
    {"download_delay": 1},
    {"DOWNLOAD_DELAY ": 1},
    # Values that are no numbers or switches, or beyond their bounds.
    {"DOWNLOAD_DELAY": "0; import os"},
    {"DOWNLOAD_DELAY": "1"},
    {"DOWNLOAD_DELAY": True},
    {"DOWNLOAD_DELAY": None},
    {"DOWNLOAD_DELAY": -1},
    {"DOWNLOAD_DELAY": [1]},
    {"DOWNLOAD_DELAY": {"a": 1}},
    {"CONCURRENT_REQUESTS": 10_000},
    {"CONCURRENT_REQUESTS": 0},
    {"DOWNLOAD_TIMEOUT": 1e308},
    {"AUTOTHROTTLE_ENABLED": 1},
    {"ROBOTSTXT_OBEY": False},
    {f"S{number}": 1 for number in range(51)},
    "DOWNLOAD_DELAY=1",
    ["DOWNLOAD_DELAY"],
    None,
]

ARGUMENTS: list[Any] = [
    # What scrapyd, Scrapy and we pass on the same way.
    {"_job": "run-1"},
    {"job_id": "another"},
    {"_version": "1"},
    {"setting": "LOG_FILE=/tmp/x"},
    {"settings": "LOG_FILE=/tmp/x"},
    {"jobid": "x"},
    {"project": "x"},
    {"spider": "x"},
    # What a spider object has already.
    {"__class__": "x"},
    {"__dict__": "x"},
    {"__init__": "x"},
    {"custom_settings": "x"},
    {"crawler": "x"},
    {"name": "x"},
    {"start_urls": "file:///etc/passwd"},
    {"self": "x"},
    # Names that would be more than a name.
    {"url=x -s ITEM_PIPELINES": "os.system"},
    {"url\n-s": "x"},
    {"-s": "LOG_FILE=/tmp/x"},
    {"--set": "x"},
    {"url ": "x"},
    {"URL": "x"},
    {"": "x"},
    {"$where": "sleep(1)"},
    {"a.b": "x"},
    {"url\0": "x"},
    # Values that are no line of text.
    {"url": {"$gt": ""}},
    {"url": ["a"]},
    {"url": "a\nb"},
    {"url": "a\rb"},
    {"url": "a\0b"},
    {"url": "x" * 10_001},
    {f"a{number}": 1 for number in range(51)},
    "url=x",
    ["url"],
]


def shown(value: Any) -> str:
    return json.dumps(value)[:50]


@pytest.mark.parametrize("path", PATHS, ids=shown)
def test_a_path_is_one_of_a_deployed_spider_letter_by_letter(caller: Caller, path: Any) -> None:
    assert_refused(caller, {"repo_path": path})


@pytest.mark.parametrize("settings", SETTINGS, ids=shown)
def test_a_setting_is_on_the_list_and_within_its_bounds(caller: Caller, settings: Any) -> None:
    assert_refused(caller, {"settings": settings})


@pytest.mark.parametrize(
    "change",
    [{"code": "import os"}, {"spider": "os"}, {"id": "x"}, {"organizationId": "x"}],
    ids=shown,
)
def test_a_preset_has_no_other_fields(caller: Caller, change: dict[str, str]) -> None:
    assert_refused(caller, change)


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=shown)
def test_an_argument_is_declared_by_the_spider_and_one_line(
    caller: Caller, database: Database, arguments: Any
) -> None:
    answer = caller.post("/jobs", {"spider_name": "my-spider", "arguments": arguments})
    assert answer.status_code == 400, answer.text
    spider_id = caller.get("/spiders?name=my-spider").json[0]["id"]
    body = {"spider_id": spider_id, "cron_expression": "0 6 * * *", "arguments": arguments}
    answer = caller.post("/schedules", body)
    assert answer.status_code == 400, answer.text
    for name in ("jobs", "runs", "targets", "schedules"):
        assert database[name].count_documents({}) == 0


@pytest.mark.parametrize(
    "body",
    [
        b'{"spider_name": "my-spider", "arguments": {"pages": NaN}}',
        b'{"spider_name": "my-spider", "arguments": {"pages": 1e999}}',
        b'{"spider_name": "my-spider", "arguments": {"url": "\\ud800"}}',
        b'{"spider_name": {"$ne": ""}}',
        b'{"spider_id": {"$ne": ""}}',
        b'{"spider_name": ["my-spider"]}',
        b'{"spider_name": "my-spider", "project": "other"}',
        b'{"spider_name": "my-spider", "_job": "run-1"}',
    ],
    ids=lambda body: body.decode()[16:60],
)
def test_a_body_that_is_more_than_it_seems(caller: Caller, database: Database, body: bytes) -> None:
    answer = caller.call("POST", "/jobs", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert database["jobs"].count_documents({}) == 0


def test_a_value_that_looks_like_an_option_stays_a_value(
    caller: Caller, database: Database
) -> None:
    """It never is on a command line: a run gets its arguments from MongoDB."""
    value = "-s LOG_FILE=/tmp/x --set=x; $(id) `id` | id"
    job_id = caller.start(arguments={"url": value})
    job = database["jobs"].find_one({"_id": job_id})
    assert job["config"]["arguments"] == {"url": value}


def assert_refused(caller: Caller, change: dict[str, Any]) -> None:
    assert caller.post("/spiders", {**PRESET, **change}).status_code == 400
    made = caller.post("/spiders", PRESET).json
    assert caller.patch(f"/spiders/{made['id']}", change).status_code == 400
    assert caller.get(f"/spiders/{made['id']}").json == made

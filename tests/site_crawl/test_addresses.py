"""No connection of the site spider opens to an address that is not allowed, however it is led there.

The handler is the real one, in a crawl of its own process; the name server is ours.
"""

import subprocess
import sys

import pytest

from tests.site_crawl.conftest import MakeSite
from tests.site_crawl.running import hits, links_url
from tests.spiders.crawling import ROOT, direct_crawl, environment

SELECTORS = '{"title": "h1::text"}'


# The site itself is at 127.0.0.1, which is allowed, and nothing else is.
ALLOWED = "127.0.0.1/32"
REFUSED = [
    "127.0.0.2",
    "2130706434",
    "0x7f.2",
    "0177.0.0.2",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "169.254.169.254",
    "10.0.0.1",
]


@pytest.mark.parametrize("respect_robots", ["true", "false"])
def test_refused_addresses_are_refused_however_written_and_after_redirects(
    make_site: MakeSite, respect_robots: str
) -> None:
    site = make_site("--plain")
    port = site.rpartition(":")[2]
    direct = [f"http://{host}:{port}/secret" for host in REFUSED]
    led = f"/to?url=http://127.0.0.2:{port}/secret"
    done = direct_crawl(
        "site",
        f"-aurl={links_url(site, [*direct, led])}",
        f"-aselectors={SELECTORS}",
        "-afollow_links=true",
        "-amax_pages=20",
        "-aallowed_domains=127.0.0.1," + ",".join(host.strip("[]") for host in REFUSED),
        f"-arespect_robots={respect_robots}",
        ALLOWED_NETWORKS=ALLOWED,
    )
    for url in direct:
        assert f"{url} failed: ADDRESS_REFUSED" in done.stderr, done.stderr
    # Once each: another try would change nothing. The redirect's target is that of a link before.
    assert f"'pages/ADDRESS_REFUSED': {len(REFUSED)}" in done.stderr
    assert "'item_scraped_count': 1" in done.stderr
    assert not [path for path in hits(site) if path.startswith("/secret")]


def test_the_redirect_of_a_single_page_is_refused_at_its_last_hop(make_site: MakeSite) -> None:
    site = make_site("--plain")
    port = site.rpartition(":")[2]
    done = direct_crawl(
        "site",
        f"-aurl={site}/to?url=http://127.0.0.2:{port}/secret",
        f"-aselectors={SELECTORS}",
        "-aallowed_domains=127.0.0.1,127.0.0.2",
        ALLOWED_NETWORKS=ALLOWED,
    )
    assert "failed: ADDRESS_REFUSED" in done.stderr
    assert "to an address that is not public" in done.stderr
    assert "item_scraped_count" not in done.stderr


REBINDING = """
import asyncio, socket, sys
answers = iter({answers!r})
async def getaddrinfo(self, host, port, **options):
    address = next(answers) if host == "shop.test" else host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return [(family, socket.SOCK_STREAM, 6, "", (address, port))]
import aiohttp, uvloop
class Connector(aiohttp.TCPConnector):
    # As if each look-up were too old to be remembered.
    def __init__(self, **options):
        super().__init__(**(options | dict(use_dns_cache=False)))
aiohttp.TCPConnector = Connector
class Loop(uvloop.Loop):
    getaddrinfo = getaddrinfo
uvloop.Loop = Loop
from scrapy.cmdline import execute
sys.argv = {argv!r}
execute()
"""


def test_a_name_that_changes_its_address_is_refused_at_the_second_connection(
    make_site: MakeSite,
) -> None:
    """The first look-up (robots.txt) gives the allowed address, the next one another; the server
    closes each connection."""
    site = make_site("--plain", "--close")
    port = site.rpartition(":")[2]
    url = f"http://shop.test:{port}/"
    argv = ["scrapy", "crawl", "site", "-a", f"url={url}", "-a", f"selectors={SELECTORS}"]
    program = REBINDING.format(answers=["127.0.0.1", "127.9.9.9", "127.9.9.9"], argv=argv)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(ALLOWED_NETWORKS="127.0.0.1/32"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert hits(site) == {"/robots.txt": 1}, done.stderr
    assert "failed: ADDRESS_REFUSED" in done.stderr, done.stderr

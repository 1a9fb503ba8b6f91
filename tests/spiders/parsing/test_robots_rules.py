"""Robots files by RFC 9309."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.parsing.robots_rules import MAX_BYTES, RobotsRules, product_token

AGENT = "azscraper/0.1 (+https://example.com)"
PRIVATE = "User-agent: *\nDisallow: /private\n"


def allows(robots: str | bytes, path: str, *, agent: str = AGENT) -> bool:
    body = robots.encode() if isinstance(robots, str) else robots
    return RobotsRules.parse(body, agent).allows(f"https://shop.test{path}")


@pytest.mark.parametrize(
    "body",
    [
        PRIVATE.encode(),
        b"\xef\xbb\xbf" + PRIVATE.encode(),
        PRIVATE.encode("utf-16"),
        b"\xfe\xff" + PRIVATE.encode("utf-16-be"),
        PRIVATE.replace("\n", "\r\n").encode(),
        PRIVATE.replace("\n", "\r").encode(),
        PRIVATE.lower().encode(),
        PRIVATE.upper().replace("PRIVATE", "private").encode(),
        b"  User-Agent :  *  # anyone\n\n\tDisallow:/private# no\n",
        b"<html>\nUser-agent: *\nSitemap: https://shop.test/s.xml\nDisallow: /private\n",
        b"\xff broken\nUser-agent: *\nDisallow: /private\n",
        b"User-agent: *\nUser-agent: other\nDisallow: /private",
        b"User-agent: *\nNo-such-thing: x\nDisallow: /private",
        b"User-agent: * and whatever\nDisallow: /private",
        b"User-agent: *\nDisallow: private",
    ],
)
def test_rules_hold_however_the_file_is_written(body: bytes) -> None:
    assert not allows(body, "/private/x")
    assert allows(body, "/public")
    assert allows(body, "/robots.txt")


@pytest.mark.parametrize(
    ("rules", "path", "is_allowed"),
    [
        # RFC 9309, 5.2: the longest match.
        ("Disallow: /example/page/disallowed.gif\nAllow: /example/page/", "/example/page/x", True),
        (
            "Allow: /example/page/\nDisallow: /example/page/disallowed.gif",
            "/example/page/disallowed.gif",
            False,
        ),
        ("Allow: /p\nDisallow: /", "/page", True),
        ("Allow: /folder\nDisallow: /folder", "/folder/page", True),
        ("Disallow: /folder\nAllow: /folder", "/folder/page", True),
        ("Allow: /page\nDisallow: /*.htm", "/page.htm", False),
        ("Allow: /page\nDisallow: /*.ph", "/page.php5", True),
        ("Allow: /$\nDisallow: /", "/", True),
        ("Allow: /$\nDisallow: /", "/page.htm", False),
        # Wildcards, and the end.
        ("Disallow: /*.php", "/a/b.php?x=1", False),
        ("Disallow: /*.php$", "/b.php?x=1", True),
        ("Disallow: /*.php$", "/b.php", False),
        ("Disallow: /fish*", "/fishheads/yummy.html", False),
        ("Disallow: /fish*.php", "/fishheads/catfish.php?parameters", False),
        ("Disallow: /fish*.php", "/Fish.PHP", True),
        ("Disallow: *secret", "/a/secret", False),
        ("Disallow: /a*b*c$", "/aXbXc", False),
        ("Disallow: /a*b*c$", "/aXbXcd", True),
        ("Disallow: /a*ba$", "/aba", False),
        ("Disallow: /ab*b$", "/ab", True),
        ("Disallow: /***", "/x", False),
        ("Disallow: /a$b", "/a$b", True),
        # Nothing is denied by nothing.
        ("Disallow:", "/x", True),
        ("Disallow:   # nothing", "/x", True),
        ("Allow: /x", "/y", True),
        # Escapes have one form.
        ("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False),
        ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/ツ", False),
        ("Disallow: /foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", False),
        ("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
        ("Disallow: /foo/bar/baz", "/foo/bar/%62%61%7a", False),
        ("Disallow: /foo%2Fbar", "/foo/bar", True),
        ("Disallow: /file%2A", "/file*x", False),
        ("Disallow: /search?q=", "/search?q=a", False),
        ("Disallow: /*?", "/search?q=a", False),
        ("Disallow: /*?", "/search", True),
    ],
)
def test_longest_rule_decides(rules: str, path: str, is_allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}\n", path) is is_allowed


@pytest.mark.parametrize(
    ("robots", "is_allowed"),
    [
        # One's own group alone counts, wherever it stands.
        ("User-agent: *\nDisallow: /\nUser-agent: azscraper\nAllow: /", True),
        ("User-agent: azscraper\nDisallow: /x\nUser-agent: *\nAllow: /", False),
        ("User-agent: AZSCRAPER/9.9\nDisallow: /x\nUser-agent: *\nAllow: /", False),
        ("User-agent: azscraper\nDisallow:\nUser-agent: *\nDisallow: /", True),
        ("User-agent: azscraper\nUser-agent: *\nDisallow: /x", False),
        # Groups of one name are one.
        (
            "User-agent: azscraper\nAllow: /y\nUser-agent: b\nAllow: /\nUser-agent: azscraper\n"
            "Disallow: /x",
            False,
        ),
        ("User-agent: azscraperbot\nDisallow: /x", True),
        ("User-agent: az\nDisallow: /x", True),
        ("User-agent: other\nDisallow: /", True),
        # Rules of nobody.
        ("Disallow: /", True),
        ("", True),
        # A line that says nothing of paths keeps the list of agents together.
        ("User-agent: *\nCrawl-delay: 5\nUser-agent: b\nDisallow: /x", False),
    ],
)
def test_group_of_the_own_name_counts_or_else_everybodys(robots: str, is_allowed: bool) -> None:
    assert allows(robots, "/x") is is_allowed


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        (AGENT, "azscraper"),
        ("Mozilla/5.0 (X11)", "mozilla"),
        ("My_Bot-x 1", "my_bot-x"),
        ("", ""),
        ("9bot", ""),
    ],
)
def test_product_token_is_the_first_name(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token


@pytest.mark.parametrize(
    ("value", "delay"), [("2", 2.0), ("0.5", 0.5), ("soon", None), ("-1", None), ("nan", None)]
)
def test_crawl_delay_is_a_number_of_seconds(value: str, delay: float | None) -> None:
    robots = f"User-agent: *\nCrawl-delay: {value}\nDisallow: /x\n".encode()
    assert RobotsRules.parse(robots, AGENT).crawl_delay == delay


def test_what_lies_behind_the_limit_is_not_read() -> None:
    filler = "# nothing\n" * (MAX_BYTES // 10 + 1)
    assert allows(f"User-agent: *\nAllow: /\n{filler}Disallow: /x\n", "/x")
    near = "# nothing\n" * (500 * 1024 // 10 - 10)
    assert not allows(f"User-agent: *\n{near}Disallow: /x\n", "/x")


@pytest.mark.parametrize(
    "rule",
    [
        "/" + "*a" * 250_000,
        "\n".join(["Disallow: /*a*a*a*a*a*a*a*a*b"] * 15_000).removeprefix("Disallow: "),
        "\n".join(f"Disallow: /{number}" for number in range(30_000)).removeprefix("Disallow: "),
    ],
)
@pytest.mark.usefixtures("frozen_heap")
def test_file_made_to_keep_readers_busy_takes_bounded_time(rule: str) -> None:
    """Each step, and each look at an address: a crawler's event loop waits for it."""
    body = f"User-agent: *\nDisallow: {rule}\n".encode()
    longest, started = 0.0, time.thread_time()
    for found in RobotsRules.parsing(body, AGENT):
        longest = max(longest, time.thread_time() - started)
        started, rules = time.thread_time(), found
    assert longest < 0.1
    assert rules is not None
    started = time.thread_time()
    rules.allows("https://shop.test/" + "a" * 1_900)
    assert time.thread_time() - started < 0.1


@given(body=st.binary(), path=st.text())
def test_any_file_says_yes_or_no(body: bytes, path: str) -> None:
    assert allows(body, f"/{path.replace('[', '')}") in (True, False)

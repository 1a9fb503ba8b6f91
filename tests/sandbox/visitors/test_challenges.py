import json
import re

import pytest

from tests.sandbox.visitors.conftest import OpenStore
from tests.sandbox.visitors.guest import Guest, text_of


def run_interstitial(guest: Guest, html: str) -> int:
    """What a browser does with the page's script; returns the status of its answer."""
    first, second = re.findall(r"var i=(\d+);var j=i\+Number\((\d+)\)", html)[0]
    body = json.dumps({"bm-verify": "practice", "pow": int(first) + int(second)}).encode()
    target = "/_sec/verify?provider=interstitial"
    return guest.ask(target, method="POST", body=body, content_type="application/json").status


def run_waf(guest: Guest, html: str) -> None:
    found = re.search(r"window\.gokuProps = (\{.*?\});", html)
    assert found
    asked = json.loads(found[1])
    guest.cookies["aws-waf-token"] = f"{asked['context']}-{asked['key'] + asked['iv']}"


def test_interstitial_lets_in_who_ran_its_script(open_store: OpenStore) -> None:
    guest = Guest(open_store(challenge="interstitial"))
    reply = guest.ask("/s?k=desk+lamp")
    assert (reply.status, reply.kind) == (200, "challenge_interstitial")
    html = text_of(reply)
    assert 1_300 < len(html) < 2_600
    for mark in ("bm-verify", "triggerInterstitialChallenge", "/_sec/verify", "akam-logo"):
        assert mark in html
    assert guest.ask("/s?k=desk+lamp").kind == "challenge_interstitial"
    assert run_interstitial(guest, html) == 200
    assert guest.ask("/s?k=desk+lamp").kind == "search"
    assert guest.ask("/_sec/verify", method="POST", body=b'{"pow":-5}').status == 403


def test_waf_lets_in_who_ran_its_script(open_store: OpenStore) -> None:
    guest = Guest(open_store(challenge="waf"))
    reply = guest.ask("/s?k=desk+lamp")
    assert (reply.status, reply.kind) == (202, "challenge_waf")
    assert ("x-amzn-waf-action", "challenge") in reply.headers
    html = text_of(reply)
    assert "challenge-container" in html and ".token.awswaf.com/practice" not in html
    script = guest.ask("/practice.token.awswaf.com/challenge.js")
    assert script.content_type == "text/javascript" and "gokuProps" in text_of(script)
    run_waf(guest, html)
    assert guest.ask("/s?k=desk+lamp").kind == "search"


@pytest.mark.parametrize("change", ["agent", "exit"])
def test_grant_belongs_to_user_agent_and_exit(open_store: OpenStore, change: str) -> None:
    store = open_store(challenge="waf")
    guest = Guest(store)
    run_waf(guest, text_of(guest.ask("/s?k=desk+lamp")))
    assert guest.ask("/s?k=desk+lamp").kind == "search"
    other = Guest(store, agent="other") if change == "agent" else Guest(store, exit_name="other")
    other.cookies = guest.cookies
    assert other.ask("/s?k=desk+lamp").kind == "challenge_waf"


def test_grant_ends_after_so_many_pages(open_store: OpenStore) -> None:
    guest = Guest(open_store(challenge="waf", challenge_pages=2))
    for _ in range(2):
        run_waf(guest, text_of(guest.ask("/s?k=desk+lamp")))
        assert guest.ask("/s?k=desk+lamp").kind == "search"
        assert guest.ask("/s?k=desk+lamp").kind == "search"
        assert guest.ask("/s?k=desk+lamp").kind == "challenge_waf"


def test_stubborn_challenge_lets_nobody_in(open_store: OpenStore) -> None:
    guest = Guest(open_store(challenge="interstitial", challenge_stubborn=True))
    for _ in range(3):
        reply = guest.ask("/s?k=desk+lamp")
        assert reply.kind == "challenge_interstitial"
        assert run_interstitial(guest, text_of(reply)) == 200


def test_some_exits_are_challenged(open_store: OpenStore) -> None:
    store = open_store(challenge="waf", challenge_rate=0.5)
    kinds = [Guest(store, exit_name=f"e{n}").ask("/s?k=lamp").kind for n in range(40)]
    assert 8 < kinds.count("challenge_waf") < 32

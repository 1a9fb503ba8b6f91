"""Script challenges of both kinds. A browser that runs the page's own script is let in.

The script adds two numbers. What it earns is a cookie bound to the User-Agent and the exit. There
is nothing here that a solver for a real store could be made of.
"""

import json
from collections import Counter

from sandbox.http.messages import Reply, Request
from sandbox.markup import escape
from sandbox.noise import fraction_from, number_from
from sandbox.visitors.habits import Habits

VERIFY_PATH = "/_sec/verify"
SCRIPT_PATH = "/practice.token.awswaf.com/challenge.js"
GRANT_COOKIES = {"interstitial": "ak_bmsc", "waf": "aws-waf-token"}
_FILLER = "<!-- " + "practice " * 90 + "-->"

Client = tuple[str, str]


class Challenges:
    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        # Of each client: how many grants are used up, and the pages of the one in use.
        self._rounds: Counter[Client] = Counter()
        self._pages: Counter[Client] = Counter()

    def find(self, request: Request, habits: Habits) -> Reply | None:
        """The challenge that stands before this request; None where there is none."""
        kind = habits.challenge
        if not kind or fraction_from(self._seed, "exit", request.exit) >= habits.challenge_rate:
            return None
        if not habits.challenge_stubborn and self._is_granted(request, kind, habits):
            return None
        return self._interstitial(request) if kind == "interstitial" else self._waf(request)

    def script(self) -> Reply:
        return Reply(200, _WAF_SCRIPT.encode(), "challenge_script", "text/javascript")

    def verify(self, request: Request) -> Reply:
        """Where the interstitial's script sends its number."""
        client = _client(request)
        try:
            number = int(json.loads(request.body)["pow"])
        except (ValueError, TypeError, KeyError):
            number = -1
        if request.method != "POST" or number != sum(self._numbers(client)):
            return Reply(403, b'{"success":false}', "verify_refused", "application/json")
        cookie = f"{GRANT_COOKIES['interstitial']}={self._grant(client)}; Path=/; Max-Age=7200"
        headers = (("Set-Cookie", cookie),)
        return Reply(200, b'{"success":true}', "verify", "application/json", headers=headers)

    def _is_granted(self, request: Request, kind: str, habits: Habits) -> bool:
        client = _client(request)
        if request.cookies.get(GRANT_COOKIES[kind]) != self._grant(client):
            return False
        limit = habits.challenge_pages
        if limit and self._pages[client] >= limit:
            # It is used up, and the next one has other numbers.
            self._pages[client] = 0
            self._rounds[client] += 1
            return False
        self._pages[client] += 1
        return True

    def _numbers(self, client: Client) -> tuple[int, int]:
        number = number_from(self._seed, "challenge", *client, self._rounds[client])
        return number % 10_000, number // 10_000 % 10_000

    def _grant(self, client: Client) -> str:
        return f"{self._rounds[client]}-{sum(self._numbers(client))}"

    def _interstitial(self, request: Request) -> Reply:
        first, second = self._numbers(_client(request))
        sign = "&" if "?" in request.target else "?"
        target = escape(f"{request.target}{sign}bm-verify=practice")
        html = (
            '<html><head><meta charset="utf-8"><title>&nbsp;</title>'
            f'<meta http-equiv="refresh" content="5; URL=\'{target}\'"></head><body>'
            '<noscript>Please enable JavaScript to proceed.</noscript><div id="akam-logo"></div>'
            "<script>function triggerInterstitialChallenge(){"
            f"var i={first};var j=i+Number({second});var x=new XMLHttpRequest();"
            "x.onload=function(){if(x.status===200){location.reload();}};"
            f'x.open("POST","{VERIFY_PATH}?provider=interstitial",true);'
            'x.setRequestHeader("Content-Type","application/json");'
            'x.send(JSON.stringify({"bm-verify":"practice","pow":j}));}'
            f"triggerInterstitialChallenge();</script>{_FILLER}</body></html>"
        )
        headers = (("Cache-Control", "no-store"),)
        return Reply(200, html.encode(), "challenge_interstitial", headers=headers)

    def _waf(self, request: Request) -> Reply:
        client = _client(request)
        first, second = self._numbers(client)
        goku = json.dumps({"key": first, "iv": second, "context": self._rounds[client]})
        html = (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title></title>'
            '<script type="text/javascript">window.awsWafCookieDomainList = [];'
            f"window.gokuProps = {goku};</script></head>"
            f'<body><div id="challenge-container"></div><script src="{SCRIPT_PATH}"></script>'
            "</body></html>"
        )
        headers = (("x-amzn-waf-action", "challenge"), ("Cache-Control", "no-store"))
        return Reply(202, html.encode(), "challenge_waf", headers=headers)


_WAF_SCRIPT = """(function () {
  var asked = window.gokuProps;
  var token = asked.context + "-" + (asked.key + asked.iv);
  document.cookie = "aws-waf-token=" + token + "; path=/; max-age=3600";
  location.reload();
})();
"""


def _client(request: Request) -> Client:
    return request.exit, request.headers.get("user-agent", "")

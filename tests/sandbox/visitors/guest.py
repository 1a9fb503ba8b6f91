"""A visitor of the practice store that keeps its cookies, as a browser would."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urlencode

from sandbox.http.messages import Reply, Request, Site

_MODAL = re.compile(r'id="nav-global-location-data-modal-action"[^>]*data-a-modal="([^"]*)"')
_OLD_TOKEN = re.compile(r'id="glowValidationToken"[^>]*value="([^"]*)"')
_TOKEN = re.compile(r'CSRF_TOKEN : "([^"]*)"')
_PLACE = re.compile(r'id="glow-ingress-line2">([^<]*)<')
JSON_PATH = "/portal-migration/hz/glow/address-change?actionSource=glow"
FORM_PATH = "/gp/delivery/ajax/address-change.html"


class Guest:
    def __init__(
        self, site: Site, *, host: str = "sandbox.test", agent: str = "guest", exit_name: str = "e"
    ) -> None:
        self._site = site
        self._host = host
        self._agent = agent
        self.exit_name = exit_name
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, target: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Reply:
        sent = {"host": self._host, "user-agent": self._agent}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        reply = self._site.reply(Request(method, target, sent, body, self.exit_name))
        for name, value in reply.headers:
            if name == "Set-Cookie":
                cookie, _, held = value.partition(";")[0].partition("=")
                self.cookies[cookie] = held
        return reply

    def page(self, target: str = "/s?k=desk+lamp", **headers: str) -> str:
        html = text_of(self.ask(target, **headers))
        found = _OLD_TOKEN.search(html)
        if found:
            self.token = found[1]
        return html

    def place(self, target: str = "/s?k=desk+lamp") -> str:
        """What the page's header names."""
        return shown_place(self.page(target))

    def open_dialogue(self) -> str:
        found = _MODAL.search(self.page())
        assert found, "the page has no way to the dialogue"
        modal = json.loads(unescape(found[1]))
        reply = self.ask(modal["url"], **self.xhr(modal["ajaxHeaders"]["anti-csrftoken-a2z"]))
        assert reply.status == 200, reply
        html = text_of(reply)
        token = _TOKEN.search(html)
        assert token
        self.token = token[1]
        return html

    def xhr(self, token: str) -> dict[str, str]:
        return {"anti_csrftoken_a2z": token, "x_requested_with": "XMLHttpRequest"}

    def choose(self, code: str = "", *, country: str = "", by_form: bool = False) -> Reply:
        """One of the two addresses, with the token that was read last."""
        if country:
            fields = {"locationType": "COUNTRY", "district": country, "countryCode": country}
        else:
            fields = {"locationType": "LOCATION_INPUT", "zipCode": code}
        fields |= {"storeContext": "generic", "deviceType": "web", "actionSource": "glow"}
        kind = "application/x-www-form-urlencoded" if by_form else "application/json"
        return self.ask(
            FORM_PATH if by_form else JSON_PATH,
            method="POST",
            body=(urlencode(fields) if by_form else json.dumps(fields)).encode(),
            content_type=kind,
            **self.xhr(self.token),
        )

    def settle(self, code: str = "", *, country: str = "", by_form: bool = False) -> Reply:
        self.open_dialogue()
        return self.choose(code, country=country, by_form=by_form)


def text_of(reply: Reply) -> str:
    body = reply.body
    return (body if isinstance(body, bytes) else body.identity()).decode()


def shown_place(html: str) -> str:
    found = _PLACE.search(html)
    assert found
    return unescape(found[1]).strip("\u200c ")


def is_updated(reply: Reply) -> bool:
    answer = json.loads(text_of(reply))
    return bool(answer["isAddressUpdated"] == 1)

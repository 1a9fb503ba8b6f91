"""Who asks: the session behind a request, and language, currency and place of the answer."""

from dataclasses import dataclass, replace

from sandbox import chrome
from sandbox.http.gzip_stream import GzipPage
from sandbox.http.messages import Reply, Request, Seen
from sandbox.locales import Locale, language_from_tag, visited_locale
from sandbox.markup import attribute_json
from sandbox.visitors.habits import Habits, place_from_text
from sandbox.visitors.sessions import Session, Sessions

DIALOGUE_PATH = "/portal-migration/hz/glow/get-rendered-address-selections"
JSON_PATH = "/portal-migration/hz/glow/address-change"
FORM_PATH = "/gp/delivery/ajax/address-change.html"
PATHS = frozenset({DIALOGUE_PATH, JSON_PATH, FORM_PATH})
_DIALOGUE_URL = f"{DIALOGUE_PATH}?deviceType=desktop&pageType=Gateway&storeContext=generic&actionSource=desktop-modal"
_YEAR_SECONDS = 31_536_000
_TOKEN_PLACE = "TOKEN"
_MODAL = (
    '<span id="nav-global-location-data-modal-action" class="a-declarative" data-a-modal="'
    + attribute_json(
        {
            "width": 375,
            "closeButton": "false",
            "name": "glow-modal",
            "url": _DIALOGUE_URL,
            "ajaxHeaders": {"anti-csrftoken-a2z": _TOKEN_PLACE},
        }
    )
    + '" data-action="a-modal"></span>'
)


@dataclass(frozen=True, slots=True)
class Visit:
    session: Session
    locale: Locale
    is_new: bool
    note: str
    """Why the session that came is not the one in use, or what happened to it; "" mostly."""
    asked_language: str | None

    @property
    def seen(self) -> Seen:
        return Seen(
            session=self.session.id,
            is_new_session=self.is_new,
            note=self.note,
            language=self.locale.code,
            currency=self.locale.currency.code,
            place=self.locale.place.shown,
        )


def language_of(request: Request) -> str | None:
    """The parameter beats the cookie, which beats the header."""
    asked = request.query.get("language")
    if asked:
        return asked
    for name, value in request.cookies.items():
        if name.startswith("lc-"):
            return value
    first = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0]
    return language_from_tag(first)


class Visits:
    def __init__(self, sessions: Sessions, habits: Habits) -> None:
        self.sessions = sessions
        self.habits = habits

    def visit(self, request: Request, *, is_page: bool) -> Visit:
        session, note = self._session(request, is_page=is_page)
        is_new = session is None
        if session is None:
            session = self.sessions.open(request.exit)
        if is_page:
            session.pages += 1
            note = self._count_place(session) or note
        language = language_of(request)
        locale = self._locale(request, session, language)
        return Visit(session, locale, is_new, note, language)

    def dressed(self, reply: Reply, visit: Visit, request: Request) -> Reply:
        """The page with what it holds for this visitor alone."""
        body = reply.body
        if isinstance(body, GzipPage):
            body = body.followed_by(self._own_part(visit).encode() + chrome.CLOSING)
        cookies = (*reply.headers, *self._cookies(visit, request))
        return replace(reply, body=body, headers=cookies, seen=visit.seen)

    def _session(self, request: Request, *, is_page: bool) -> tuple[Session | None, str]:
        name = request.cookies.get("session-id")
        if not name:
            return None, ""
        session = self.sessions.find(name)
        if session is None:
            return None, "unknown_session"
        reason = self._end_reason(session, request, is_page=is_page)
        if reason:
            self.sessions.end(session, reason=reason)
            return None, reason
        return session, ""

    def _end_reason(self, session: Session, request: Request, *, is_page: bool) -> str:
        if session.exit != request.exit:
            return "foreign_exit"
        limit = self.habits.session_ends_after
        return "session_ended" if limit and is_page and session.pages >= limit else ""

    def _count_place(self, session: Session) -> str:
        if session.place is None:
            return ""
        session.pages_with_place += 1
        limit = self.habits.place_lost_after
        if limit and session.pages_with_place > limit:
            session.move(None)
            self.sessions.counts["places_lost"] += 1
            return "place_lost"
        return ""

    def _locale(self, request: Request, session: Session, language: str | None) -> Locale:
        currency = request.query.get("currency") or request.cookies.get("i18n-prefs", "")
        if self.habits.currency_inert:
            currency = ""
        country, code = session.place or place_from_text(self.habits.exit_place)
        locale = visited_locale(
            request.host, language, currency=currency, country=country, code=code
        )
        if self.habits.place_unnamed:
            words = "Update location" if locale.code.startswith("en") else ""
            return replace(locale, place=replace(locale.place, shown=words))
        return locale

    def _own_part(self, visit: Visit) -> str:
        if self.habits.token_missing:
            return ""
        token = visit.session.token("page")
        if self.habits.token_form == "input":
            return f'<input type="hidden" id="glowValidationToken" name="" value="{token}">'
        return _MODAL.replace(_TOKEN_PLACE, token)

    def _cookies(self, visit: Visit, request: Request) -> list[tuple[str, str]]:
        made: dict[str, str] = {}
        if visit.is_new:
            made["session-id"] = visit.session.id
            made["session-id-time"] = "2082787201l"
            made["ubid-main"] = visit.session.id[::-1]
            is_real_host = visit.locale.site == request.host.removeprefix("www.")
            # The practice host has the currencies of all stores, so none of them is its own.
            if is_real_host and "i18n-prefs" not in request.cookies:
                made["i18n-prefs"] = visit.locale.currency.code
        asked = request.query.get("language")
        if asked and request.cookies:
            # Asked for by parameter, a language stays.
            name = next((name for name in request.cookies if name.startswith("lc-")), "lc-main")
            made[name] = visit.locale.code
        return [
            ("Set-Cookie", f"{name}={value}; Path=/; Max-Age={_YEAR_SECONDS}")
            for name, value in made.items()
        ]

"""The store's place dialogue: the form it shows, and the two addresses that change the place."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from sandbox.http.messages import Reply, Request
from sandbox.markup import escape
from sandbox.noise import fraction_from
from sandbox.places import AREA_FIELDS, FORMS, HOMES, country_name, is_country, normal_code
from sandbox.visitors.visits import DIALOGUE_PATH, JSON_PATH, Visit, Visits

JSON_TYPE = "application/json;charset=UTF-8"
COUNTRIES = (
    *("AE", "AU", "BR", "CA", "CH", "CN", "DE", "EG", "ES", "FR", "GB", "IE", "IN", "IT"),
    *("JP", "KR", "MX", "NG", "NL", "PK", "PL", "SA", "SE", "SG", "TR", "US", "ZA"),
)


class Refused(Exception):
    """Raised below; the answer has `status` and no change is made."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind


class Dialogue:
    def __init__(self, visits: Visits, *, seed: int) -> None:
        self._visits = visits
        self._seed = seed
        self._asked = 0

    def reply(self, request: Request, visit: Visit) -> Reply:
        try:
            self._check(request, visit)
            if request.path == DIALOGUE_PATH:
                return self._form(visit)
            return self._change(request, visit)
        except Refused as refusal:
            body = b'{"isAddressUpdated":0}' if request.path != DIALOGUE_PATH else b""
            return Reply(refusal.status, body, refusal.kind, JSON_TYPE)

    def _check(self, request: Request, visit: Visit) -> None:
        self._asked += 1
        if fraction_from(self._seed, "dialogue", self._asked) < self._visits.habits.dialogue_503:
            raise Refused(503, "dialogue_503")
        if visit.is_new or request.headers.get("x-requested-with") != "XMLHttpRequest":
            raise Refused(403, "dialogue_403")
        if request.headers.get("anti-csrftoken-a2z") not in self._tokens(request, visit):
            raise Refused(403, "dialogue_403")
        wanted = "GET" if request.path == DIALOGUE_PATH else "POST"
        if request.method not in {wanted, "HEAD" if wanted == "GET" else wanted}:
            raise Refused(405, "dialogue_405")

    def _tokens(self, request: Request, visit: Visit) -> tuple[str, ...]:
        """The page's token opens the dialogue; the dialogue's own changes the place.

        An older page's token serves for both, as there is no dialogue address on that page.
        """
        of_page, of_dialogue = visit.session.token("page"), visit.session.token("dialogue")
        if request.path == DIALOGUE_PATH:
            return (of_page,)
        if self._visits.habits.token_form == "input":
            return (of_page, of_dialogue)
        return (of_dialogue,)

    def _form(self, visit: Visit) -> Reply:
        country = HOMES[visit.locale.site].country
        fields = FORMS[country].fields if country in FORMS else AREA_FIELDS
        inputs = "".join(
            f'<select id="{name}"></select>'
            if name.endswith(("DropdownList", "Select"))
            else f'<input id="{name}" type="text" maxlength="10" value="">'
            for name in fields
        )
        options = "".join(
            f'<option value="{code}">{escape(country_name(code, visit.locale.code))}</option>'
            for code in COUNTRIES
            if code != country
        )
        html = (
            '<div id="GLUXLocation" class="a-section"><div id="GLUXZipInputSection">'
            f'{inputs}<span id="GLUXZipUpdate" class="a-button"><input type="submit" '
            'aria-labelledby="GLUXZipUpdate-announce"></span></div>'
            f'<select id="GLUXCountryList" name="countryCode">{options}</select>'
            '<script type="text/javascript">P.when("A").execute(function(A){var glow={'
            f'CSRF_TOKEN : "{visit.session.token("dialogue")}", deviceType : "web"}};'
            'A.declarative("GLUXPostalUpdateAction","click",glow);});</script></div>'
        )
        return Reply(200, html.encode(), "dialogue")

    def _change(self, request: Request, visit: Visit) -> Reply:
        is_json = request.path == JSON_PATH
        kind = "address_json" if is_json else "address_form"
        fields = _json_fields(request) if is_json else _form_fields(request)
        place = self._place(fields, visit)
        if place is None:
            return _json_reply(_REFUSAL, f"{kind}_refused")
        inert = self._visits.habits.json_inert if is_json else self._visits.habits.form_inert
        is_inert = visit.session.draw(what=kind) < inert
        # A code that was only said to be taken names no place that there is.
        if not is_inert and place[1] != _IGNORED:
            visit.session.move(self._chosen(place, visit))
            self._visits.sessions.counts["places_set"] += 1
        address = {
            "countryCode": place[0],
            "zipCode": fields.get("zipCode") or None,
            "city": fields.get("city") or None,
            "district": fields.get("district") or None,
            "locationType": fields.get("locationType"),
        }
        answer = {
            "isValidAddress": 1,
            "isTransitOutOfAis": 0,
            "isAddressUpdated": 1,
            "successful": 1,
            "address": address,
        }
        return _json_reply(answer, kind)

    def _place(self, fields: dict[str, str], visit: Visit) -> tuple[str, str] | None:
        """(country, code); None: refused."""
        habits = self._visits.habits
        own = HOMES[visit.locale.site].country
        if habits.codes_refused:
            return None
        if fields.get("locationType") == "COUNTRY":
            country = fields.get("countryCode", "")
            return (country, "") if is_country(country) else None
        if fields.get("locationType") != "LOCATION_INPUT":
            return None
        code = normal_code(own, fields.get("zipCode", ""))
        if code is not None:
            return own, code
        return (own, _IGNORED) if habits.codes_ignored else None

    def _chosen(self, place: tuple[str, str], visit: Visit) -> tuple[str, str]:
        if visit.session.draw(what="other_place") >= self._visits.habits.other_place:
            return place
        home = HOMES[visit.locale.site]
        is_home = place == (home.country, home.code) or not home.code
        return ("IS", "") if is_home else (home.country, home.code)


_IGNORED = "?"
_REFUSAL = {"isValidAddress": 0, "isAddressUpdated": 0, "successful": 0, "address": None}


def _json_fields(request: Request) -> dict[str, str]:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refused(415, "address_json_415")
    try:
        sent = json.loads(request.body)
    except ValueError:
        raise Refused(400, "address_json_400") from None
    if not isinstance(sent, dict):
        raise Refused(400, "address_json_400")
    return {str(name): str(value) for name, value in sent.items()}


def _form_fields(request: Request) -> dict[str, str]:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Refused(415, "address_form_415")
    return dict(parse_qsl(request.body.decode("latin-1")))


def _json_reply(answer: Mapping[str, object], kind: str) -> Reply:
    return Reply(200, json.dumps(answer).encode(), kind, JSON_TYPE)

"""How the store treats its visitors. Each habit may change while it runs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from sandbox.faults import InvalidFault
from sandbox.places import is_country


@dataclass(frozen=True, slots=True)
class Habits:
    """Rates are between 0 and 1; a count of 0 means never."""

    json_inert: float = 0.0
    """Of sessions: the JSON address says "updated" and does nothing."""
    form_inert: float = 0.0
    """Of sessions: the form address does so."""
    codes_ignored: bool = False
    """A code that no such country has is answered with "updated" and then ignored."""
    codes_refused: bool = False
    """Every code and country is refused."""
    other_place: float = 0.0
    """Of sessions: the set-up is answered well, and pages show another place."""
    place_lost_after: int = 0
    """Pages after the set-up; then the header shows the place of the exit again."""
    place_unnamed: bool = False
    """Headers name no place, only a link's words."""
    token_missing: bool = False
    """Pages hold neither the dialogue's address nor a token."""
    token_form: str = "modal"
    """`input`: pages hold the older `input#glowValidationToken` alone."""
    dialogue_503: float = 0.0
    """Of requests to the dialogue and to both addresses."""
    session_ends_after: int = 0
    """Pages; then the store forgets the session and gives out a new one."""
    currency_inert: bool = False
    """The currency cookie changes nothing."""
    exit_place: str = ""
    """Where strangers are delivered to: `PK`, or `US:90001`; the store's own home otherwise."""
    robots_closed: bool = False
    """robots.txt refuses the dialogue's addresses."""
    challenge: str = ""
    """`interstitial` or `waf`: who comes without a grant gets a script first."""
    challenge_rate: float = 1.0
    """Of exits that are challenged."""
    challenge_pages: int = 0
    """Pages that a grant lasts; 0: it does not end."""
    challenge_stubborn: bool = False
    """No grant counts: browsers are not let in either."""

    def changed(self, wanted: Mapping[str, object]) -> "Habits":
        """Raises InvalidFault, which names the habit and the value."""
        for name, value in wanted.items():
            if name not in _TYPES:
                raise InvalidFault(f"unknown habit {name!r}; there are {', '.join(_TYPES)}")
            _check(name, value)
        return replace(self, **wanted)  # type: ignore[arg-type]  # checked above

    def listed(self) -> dict[str, object]:
        return asdict(self)


_TYPES: dict[str, type] = {field.name: type(field.default) for field in fields(Habits)}
NAMES = tuple(_TYPES)
_CHOICES = {"token_form": ("modal", "input"), "challenge": ("", "interstitial", "waf")}


def habit_from_text(text: str) -> tuple[str, object]:
    """`json_inert=1`, `challenge=waf`, `codes_ignored=true`; a bare name is true."""
    name, equals, value = text.partition("=")
    if not equals:
        return name, True
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def place_from_text(text: str) -> tuple[str, str]:
    """(country, postal code) of `PK` or `US:90001`."""
    country, _, code = text.partition(":")
    return country, code


def _check(name: str, value: object) -> None:
    kind = _TYPES[name]
    if kind is bool:
        is_right = isinstance(value, bool)
    elif kind is int:
        is_right = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    elif kind is float:
        is_right = isinstance(value, int | float) and not isinstance(value, bool)
        is_right = is_right and 0 <= value <= 1  # type: ignore[operator]  # a number by now
    elif name == "exit_place":
        is_right = isinstance(value, str) and (not value or is_country(place_from_text(value)[0]))
    else:
        is_right = value in _CHOICES[name]
    if not is_right:
        raise InvalidFault(f"habit {name!r} cannot be {value!r}: {_EXPECTED[kind]}")


_EXPECTED = {
    bool: "true or false",
    int: "a whole number from 0",
    float: "a rate between 0 and 1",
    str: "see `python -m sandbox --help`",
}

"""What the search field suggests: decided by the letters, the department and the language alone."""

import json

from sandbox.answers import Asked
from sandbox.http.messages import Reply, Request, normal_keyword
from sandbox.lists.top_lists import SLUGS
from sandbox.noise import number_from
from sandbox.truth import Facts

_PATH = "/suggestions"
_ALL = "aps"
# As searches for it find nothing.
_NOTHING = "zzqx"
_MAX_SUGGESTIONS = 11


def find_subject(request: Request) -> str | None:
    return normal_keyword(_prefix(request)) if request.path == _PATH else None


def find_reply(asked: Asked) -> Reply | None:
    if asked.request.path != _PATH:
        return None
    answer = {
        "alias": _alias(asked),
        "prefix": _prefix(asked.request),
        "suffix": None,
        "suggestions": [
            {
                "suggType": "KeywordSuggestion",
                "type": "KEYWORD",
                "value": value,
                "refTag": f"nb_sb_ss_{place}",
                "ghost": False,
                "scopes": _scopes(asked, place),
            }
            for place, value in enumerate(_values(asked), start=1)
        ],
        "responseId": "practice",
        "shuffled": False,
    }
    body = json.dumps(answer, ensure_ascii=False).encode()
    return Reply(200, body, "suggestions", "application/json;charset=UTF-8")


def find_facts(asked: Asked) -> Facts | None:
    if asked.request.path != _PATH:
        return None
    return {
        "rows": [
            {
                "suggestion": value,
                "departments": [scope["value"] for scope in _scopes(asked, place)],
            }
            for place, value in enumerate(_values(asked), start=1)
        ]
    }


def _values(asked: Asked) -> list[str]:
    prefix = normal_keyword(_prefix(asked.request))
    if not prefix or prefix.startswith(_NOTHING):
        return []
    limit = asked.request.query.get("limit", "")
    most = (
        min(_MAX_SUGGESTIONS, int(limit))
        if limit.isascii() and limit.isdigit()
        else _MAX_SUGGESTIONS
    )
    words = asked.locale.words
    ends = [
        f"{noun.casefold()}{trait}"
        for trait in ("", *(f" {trait.casefold()}" for trait in words.traits))
        for noun in words.nouns
    ]
    first = number_from(asked.catalogue.seed, "suggestions", prefix, _alias(asked)) % len(ends)
    return [f"{prefix} {ends[(first + step) % len(ends)]}" for step in range(most)]


def _scopes(asked: Asked, place: int) -> list[dict[str, str]]:
    """The first suggestion of all departments is offered in two of them."""
    if _alias(asked) != _ALL or place > 1:
        return []
    names = asked.locale.words.departments
    return [
        {"type": "ALIAS", "value": SLUGS[kind], "display": names[kind]}
        for kind in range(len(_prefix(asked.request)) % 3, 7, 4)
    ]


def _prefix(request: Request) -> str:
    return request.query.get("prefix", "")


def _alias(asked: Asked) -> str:
    return asked.request.query.get("alias", _ALL)

"""What a store's search field suggests for the first letters of a search."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

from spiders.items.descriptions import ROW_TEXTS
from spiders.items.suggestion import SuggestedDepartment, SuggestionRow
from spiders.sites.marketplaces import MARKETPLACE_IDS, Marketplace
from spiders.targets import EmptyTarget, NotAnAmazonTarget, SearchTarget, search_target_from_text
from spiders.types.job_type import JobType, PageType

# Of all departments.
ALL = "aps"
# As the store's own page asks.
_MAX_SUGGESTIONS = 11
_PATHS = ("/suggestions", "/api/2017/suggestions")

COLUMNS = (
    "suggestion", "position", "type", "departments", "prefix", "department", "target", "marketplace",
    "lang", "sourceUrl", "scrapedAt", "parserVersion", "warnings",
)  # fmt: skip

_TEXTS = {
    "suggestion": "The words that the search field suggests",
    "position": "The place among the suggestions, from 1",
    "type": "Amazon's own word for the kind of suggestion, such as `KEYWORD`",
    "departments": "The departments that it suggests to search in",
    "prefix": "The letters that were asked for",
    "department": "The department that was asked for; `null` for all of them",
}


def suggestions_url(marketplace: Marketplace, prefix: str, department: str | None) -> str:
    query = {
        "prefix": prefix,
        "alias": department or ALL,
        "limit": _MAX_SUGGESTIONS,
        "mid": MARKETPLACE_IDS.get(marketplace.code),
        "site-variant": "desktop",
        "version": 3,
    }
    asked = {name: value for name, value in query.items() if value is not None}
    return f"https://{marketplace.host}/suggestions?{urlencode(asked, quote_via=quote)}"


def prefix_target_from_text(text: str) -> SearchTarget | EmptyTarget:
    """Its `keyword` is the prefix. Raises NotAnAmazonTarget."""
    found = search_target_from_text(text)
    if isinstance(found, SearchTarget) and found.keyword is None:
        raise NotAnAmazonTarget(text, "the address holds no words; send the first letters")
    return found


def _problems_of(row: SuggestionRow) -> list[str]:
    return [] if row.position else ["it has no position"]


SUGGESTIONS = JobType(
    name="suggestions",
    spider="amazon_suggestions",
    targets_argument="targets",
    crawlers_variable="SUGGESTIONS_CRAWLERS",
    starts_on_demand=True,
    stays_in_stores=True,
    item=SuggestionRow,
    columns=COLUMNS,
    place_of=lambda row: (1, row.position),
    problems_of=_problems_of,
    texts={
        SuggestionRow: {
            **{name: ROW_TEXTS[name] for name in COLUMNS if name in ROW_TEXTS},
            **_TEXTS,
        },
        SuggestedDepartment: {
            "name": "its name, in the page's language",
            "alias": "its short name, as `config.department` takes it",
        },
    },
    page=PageType(
        kind="suggestions",
        module="spiders.pages.suggestions",
        is_at=lambda url: urlsplit(url).path in _PATHS,
        title="Suggestions of the search field",
        asked_fields=frozenset({"prefix", "department"}),
    ),
)

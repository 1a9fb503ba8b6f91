from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from control_api.services.errors import InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import ReadTarget
from control_api.services.jobs.types.amazon import Locales
from control_api.services.jobs.types.config import AmazonConfig, ShortText
from control_api.services.jobs.types.served_type import RequestForm, ServedType
from spiders.targets import EmptyTarget
from spiders.types.suggestions import SUGGESTIONS, prefix_target_from_text, suggestions_url
from storage.base.records import NewTarget


class SuggestionsConfig(AmazonConfig):
    department: ShortText | None = None


class _SuggestionsReader:
    def __init__(self, config: Mapping[str, Any], defaults: Defaults) -> None:
        self._locales = Locales(config)
        self._department = config.get("department")

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        asked = prefix_target_from_text(text)
        if isinstance(asked, EmptyTarget):
            return asked
        locale, warnings = self._locales.find(asked.host)
        target = NewTarget(
            value=asked.text,
            url=suggestions_url(locale.marketplace, asked.keyword or "", self._department),
            marketplace=locale.marketplace.code,
            params={"target": asked.text, "lang": locale.lang, "language": locale.language},
        )
        return ReadTarget(target, target.url, warnings)


def _refusal(count: int, details: Sequence[Mapping[str, Any]]) -> InvalidInput:
    return InvalidInput(
        f"each value in targets must be the first letters of a search; {count} are not", details
    )


SERVED_SUGGESTIONS = ServedType(
    type=SUGGESTIONS,
    does="reads what the search field suggests for the first letters of a search",
    request=RequestForm(
        config=SuggestionsConfig,
        reader=_SuggestionsReader,
        refusal=_refusal,
        plural="suggestions",
        targets="first letters of searches",
        setting_texts={
            "department": "The department to search in, by the store's own short name, such as `electronics`. Left out: all."
        },
        without_effect=frozenset({"currency", "deliverTo", "onWrongPlace", "engine"}),
    ),
    credits_per_target=1,
)

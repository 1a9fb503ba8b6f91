from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field
from spiders.types.titles import TITLES

from control_api.services.errors import InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import ReadTarget
from control_api.services.jobs.types.amazon import Locales
from control_api.services.jobs.types.config import AmazonConfig
from control_api.services.jobs.types.served_type import RequestForm, ServedType
from spiders.sites.urls import product_url
from spiders.targets import EmptyTarget, product_target_from_text
from storage.base.records import NewTarget


class TitlesConfig(AmazonConfig):
    maxLetters: Annotated[int, Field(ge=1)] | None = None


class _Reader:
    def __init__(self, config: Mapping[str, Any], defaults: Defaults) -> None:
        self._locales = Locales(config)
        self._most = config.get("maxLetters") or 1_000

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        product = product_target_from_text(text)
        if isinstance(product, EmptyTarget):
            return product
        locale, warnings = self._locales.find(product.host)
        store = locale.marketplace
        params = {"target": product.text, "asin": product.asin, "maxLetters": self._most}
        target = NewTarget(product.text, product_url(store, product.asin), store.code, params)
        return ReadTarget(target, (store.code, product.asin), warnings)


def _refusal(count: int, details: Sequence[Mapping[str, Any]]) -> InvalidInput:
    return InvalidInput(f"{count} targets have no title", details)


SERVED_TITLES = ServedType(
    type=TITLES,
    does="reads titles",
    request=RequestForm(
        config=TitlesConfig,
        reader=_Reader,
        refusal=_refusal,
        plural="titles",
        targets="ASINs of titles",
        setting_texts={"maxLetters": "How long a title counts at most."},
    ),
    credits_per_target=3,
)

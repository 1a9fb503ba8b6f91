from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from control_api.services.errors import InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import ReadTarget
from control_api.services.jobs.types.amazon import Locales, Visitors
from control_api.services.jobs.types.config import AmazonConfig
from control_api.services.jobs.types.served_type import RequestForm, ServedType
from spiders.sites.sellers import seller_url
from spiders.targets import EmptyTarget
from spiders.targets.sellers import seller_target_from_text
from spiders.types.seller import SELLER
from storage.base.records import NewTarget


class SellerConfig(AmazonConfig):
    # It has no settings of its own.
    pass


class _SellerReader:
    def __init__(self, config: Mapping[str, Any], defaults: Defaults) -> None:
        self._locales = Locales(config)
        self._visitors = Visitors(config, defaults)

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        asked = seller_target_from_text(text)
        if isinstance(asked, EmptyTarget):
            return asked
        locale, warnings = self._locales.find(asked.host)
        target = NewTarget(
            value=asked.text,
            url=seller_url(locale.marketplace, asked.seller_id, language=locale.language),
            marketplace=locale.marketplace.code,
            params={
                "target": asked.text,
                "sellerId": asked.seller_id,
                "lang": locale.lang,
                "language": locale.language,
                **self._visitors.params(locale),
            },
        )
        return ReadTarget(target, (target.marketplace, asked.seller_id), warnings)


def _refusal(count: int, details: Sequence[Mapping[str, Any]]) -> InvalidInput:
    return InvalidInput(
        "each value in targets must be a seller's id or the address of a seller's profile;"
        f" {count} are not",
        details,
    )


SERVED_SELLER = ServedType(
    type=SELLER,
    does="reads profiles of sellers",
    request=RequestForm(
        config=SellerConfig,
        reader=_SellerReader,
        refusal=_refusal,
        plural="sellers",
        targets="ids of sellers or addresses of their profiles",
    ),
    credits_per_target=2,
)

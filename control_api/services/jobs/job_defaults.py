"""What the operator wants of jobs that do not say it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from control_api.services.errors import InvalidInput
from settings.config import Config, ConfigError
from spiders.sites.marketplaces import MARKETPLACES
from spiders.sites.places import BadPlace, place_from_asked
from storage.accounts.operator_settings import OperatorSettingsStore


@dataclass(frozen=True, slots=True)
class Defaults:
    """`places`: by marketplace code, in normal form; `engine`: who loads the pages of Amazon jobs."""

    places: Mapping[str, str] = field(default_factory=dict)
    engine: str = "http"


class JobDefaults:
    """The configuration's, under those that an admin has set."""

    def __init__(self, config: Config, settings: OperatorSettingsStore) -> None:
        """Raises ConfigError for a DELIVER_TO that a store does not take."""
        try:
            self._places = checked_places(dict(config.deliver_to))
        except InvalidInput as error:
            raise ConfigError(f"DELIVER_TO is wrong: {error}") from error
        self._engine = config.amazon_engine
        self._settings = settings

    def get(self) -> Defaults:
        chosen = self._settings.get().deliver_to
        places = {code: place for code, place in {**self._places, **chosen}.items() if place}
        return Defaults(places, self._engine)

    def change_places(self, places: Mapping[str, str | None]) -> Mapping[str, str]:
        """Set what is named; None: nothing is asked of that store, whatever the configuration says."""
        self._settings.change_places(self.checked(places))
        return self.get().places

    def checked(self, places: Mapping[str, str | None]) -> Mapping[str, str]:
        """As they are kept; raises InvalidInput naming what is wrong."""
        asked = {code: place for code, place in places.items() if place is not None}
        nothing = {_known(code): "" for code, place in places.items() if place is None}
        return {**checked_places(asked), **nothing}


def checked_places(places: Mapping[str, str]) -> Mapping[str, str]:
    """Places in their normal form; raises InvalidInput naming the store."""
    found = {}
    for code, place in places.items():
        marketplace = MARKETPLACES[_known(code)]
        try:
            checked = place_from_asked(place, marketplace, language=marketplace.default_language)
        except BadPlace as error:
            raise InvalidInput(f"deliverTo.{code}: {error}") from error
        found[marketplace.code] = checked.text
    return found


def _known(code: str) -> str:
    if code not in MARKETPLACES:
        supported = ", ".join(MARKETPLACES)
        raise InvalidInput(f"deliverTo: {code[:50]!r} is none of: {supported}")
    return code

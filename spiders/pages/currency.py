"""What a bare `$`, `kr` or `¥` may mean on a page, and what to say when it stays open."""

from __future__ import annotations

from spiders.items.money import Money
from spiders.sites.marketplaces import Marketplace

# The practice store shows many currencies under one host; there the page's country decides.
_BY_COUNTRY = {
    "US": "USD", "CA": "CAD", "MX": "MXN", "BR": "BRL", "GB": "GBP", "DE": "EUR", "FR": "EUR",
    "IT": "EUR", "ES": "EUR", "NL": "EUR", "SE": "SEK", "PL": "PLN", "TR": "TRY", "AE": "AED",
    "SA": "SAR", "EG": "EGP", "IN": "INR", "JP": "JPY", "SG": "SGD", "AU": "AUD", "ZA": "ZAR",
    "CN": "CNY", "DK": "DKK", "NO": "NOK",
}  # fmt: skip


def store_currency_of(store: Marketplace | None, *, language: str | None) -> str | None:
    if store is None:
        return None
    if store.code != "sandbox":
        return store.currency
    country = (language or "").partition("-")[2]
    return _BY_COUNTRY.get(country, store.currency)


def warn_about_money(
    warnings: list[str], price: Money | None, *, store: Marketplace | None
) -> None:
    if price is None:
        return
    if price.currency is None:
        warnings.append("currency_ambiguous")
    elif store is not None and store.code != "sandbox" and price.currency != store.currency:
        warnings.append("currency_mismatch")

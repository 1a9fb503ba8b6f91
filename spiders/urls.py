"""Amazon's addresses: which product a text names, and which URL to fetch for it. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import SplitResult, parse_qsl, quote_plus, unquote, urlencode, urlsplit

from spiders.marketplaces import MARKETPLACES, Marketplace, find_marketplace_by_host

# They name a product only after a redirect, and nothing here touches the network.
SHORT_LINK_HOSTS = frozenset({"a.co", "amzn.to", "amzn.eu", "amzn.asia", "amzn.in"})
_AD_HOST = re.compile(r"^aax-[a-z0-9-]+\.amazon-adsystem\.com$")

SORT_VALUES = {
    "relevance": None,
    "price_asc": "price-asc-rank",
    "price_desc": "price-desc-rank",
    "reviews": "review-rank",
    "newest": "date-desc-rank",
    "best_sellers": "exact-aware-popularity-rank",
}

_PATH_ASIN = re.compile(
    r"/(?:dp(?:/product)?|gp/product(?:/glance)?|gp/aw/d|gp/offer-listing|product-reviews|product|d"
    r"|exec/obidos/(?:ASIN|tg/detail/-|ISBN=)|o/ASIN|gp/customer-reviews)"
    r"/?([A-Za-z0-9]{10}|97[89][0-9]{10})(?=[/?#&;]|$)",
    re.IGNORECASE,
)
_LEADING_ASIN = re.compile(r"^/([A-Za-z0-9]{10})(?=[/?#]|$)")
_COMMON_ASIN = re.compile(r"^B[0-9A-Z]{9}$")
_ISBN10 = re.compile(r"^[0-9]{9}[0-9X]$")
_ISBN13 = re.compile(r"^97[89][0-9]{10}$")
_HAS_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LOOKS_LIKE_HOST = re.compile(r"^[\w.-]+\.[a-z]{2,}(?::\d+)?(?:/|\?|$)", re.IGNORECASE)


class NotAnAmazonTarget(ValueError):
    """The text names no product of a known store; the message says why."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text[:200]!r}: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ProductTarget:
    asin: str
    host: str | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """The search part of a job's config; prices in the store's currency."""

    sort_by: str | None = None
    price_min: Decimal | float | None = None
    price_max: Decimal | float | None = None
    department: str | None = None


def product_target_from_text(text: str) -> ProductTarget:
    """An ASIN, an ISBN or any product address of a store; short links are refused."""
    stripped = text.strip()
    if not stripped:
        raise NotAnAmazonTarget(text, "it is empty")
    if _HAS_SCHEME.match(stripped) or _LOOKS_LIKE_HOST.match(stripped):
        return _target_from_url(stripped)
    return _target_from_code(stripped)


def isbn10_from_isbn13(isbn13: str) -> str | None:
    """None for 979…, which has no ten-digit form, and for a wrong check digit."""
    digits = [int(c) for c in isbn13]
    weighted = sum(d * (3 if i % 2 else 1) for i, d in enumerate(digits))
    if not isbn13.startswith("978") or weighted % 10:
        return None
    body = isbn13[3:12]
    check = -sum(int(c) * (10 - i) for i, c in enumerate(body)) % 11
    return body + ("X" if check == 10 else str(check))


def is_isbn10(text: str) -> bool:
    if not _ISBN10.match(text):
        return False
    values = [10 if c == "X" else int(c) for c in text]
    return sum(value * (10 - i) for i, value in enumerate(values)) % 11 == 0


def is_asin(text: str) -> bool:
    """The shape every ASIN has had so far: B and nine more, or ten digits of an ISBN."""
    has_digit = any(c.isdigit() for c in text)
    return has_digit and bool(_COMMON_ASIN.match(text) or _ISBN10.match(text))


def product_url(marketplace: Marketplace, asin: str, *, language: str | None = None) -> str:
    """`th` and `psc` pin the variant asked for, so that its own price is shown."""
    pinned = {"th": "1", "psc": "1"} | ({"language": language} if language else {})
    return f"{canonical_product_url(marketplace, asin)}?{urlencode(pinned)}"


def canonical_product_url(marketplace: Marketplace, asin: str) -> str:
    return f"https://{marketplace.host}/dp/{asin}"


def search_url(
    marketplace: Marketplace,
    keyword: str,
    *,
    page: int = 1,
    language: str | None = None,
    options: SearchOptions = SearchOptions(),
) -> str:
    """Price limits go as `low-price`/`high-price`: whole currency units, so no guess is needed of
    how many decimals the store's currency has, as `rh=p_36:` would."""
    sort = SORT_VALUES[options.sort_by] if options.sort_by else None
    query = {
        "k": keyword,
        "i": options.department,
        "s": sort,
        "low-price": _plain_number(options.price_min),
        "high-price": _plain_number(options.price_max),
        "page": str(page) if page > 1 else None,
        "language": language,
    }
    asked = {name: value for name, value in query.items() if value}
    return f"https://{marketplace.host}/s?{urlencode(asked, quote_via=quote_plus)}"


def is_same_site(url_a: str, url_b: str) -> bool:
    """Whether a redirect between the two stays among the stores (the practice store is its own)."""
    stores = [_store_of(url) for url in (url_a, url_b)]
    if None in stores:
        return False
    sandbox = MARKETPLACES["sandbox"]
    return (stores[0] is sandbox) == (stores[1] is sandbox)


def asin_from_path(path: str) -> str | None:
    """The ASIN in a link's path or query as it stands, without following ad redirects."""
    match = _PATH_ASIN.search(path)
    return match.group(1).upper() if match and len(match.group(1)) == 10 else None


def _plain_number(value: Decimal | float | None) -> str | None:
    return None if value is None else f"{Decimal(str(value)).normalize():f}"


def _store_of(url: str) -> Marketplace | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return find_marketplace_by_host(host)


def _target_from_code(text: str) -> ProductTarget:
    code = text.upper()
    compact = code.replace("-", "").replace(" ", "")
    if _ISBN13.match(compact):
        return ProductTarget(_asin_from_isbn13(text, compact), None)
    if is_asin(code):
        return ProductTarget(code, None, _warnings_for(code))
    if _ISBN10.match(compact):
        return ProductTarget(compact, None, _warnings_for(compact))
    raise NotAnAmazonTarget(text, "neither an ASIN (B and nine more, or an ISBN) nor a product URL")


def _asin_from_isbn13(text: str, isbn13: str) -> str:
    asin = isbn10_from_isbn13(isbn13)
    if asin is None:
        raise NotAnAmazonTarget(text, "an ISBN-13 that has no ASIN (979…, or a wrong check digit)")
    return asin


def _warnings_for(asin: str) -> tuple[str, ...]:
    return () if _COMMON_ASIN.match(asin) or is_isbn10(asin) else ("asin_unusual",)


def _target_from_url(text: str) -> ProductTarget:
    parts = _split(text)
    host = (parts.hostname or "").casefold()
    if host in SHORT_LINK_HOSTS:
        raise NotAnAmazonTarget(text, "a short link; open it and give the product's own address")
    if _AD_HOST.match(host):
        return _target_from_url(_embedded_url(text))
    if host in ("amzn.com", "www.amzn.com"):
        return _target_from_path(text, parts, host=MARKETPLACES["US"].host)
    store = find_marketplace_by_host(host)
    if store is None:
        raise NotAnAmazonTarget(text, f"{host or 'its host'} is not a store we know")
    return _target_from_path(text, parts, host=store.host)


def _split(text: str) -> SplitResult:
    url = text if _HAS_SCHEME.match(text) else f"https://{text}"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise NotAnAmazonTarget(text, f"not a URL ({error})") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise NotAnAmazonTarget(text, f"scheme {parts.scheme!r} is not http or https")
    return parts


def _embedded_url(text: str) -> str:
    """Ad-server links carry the store's address at the end of their own path, maybe encoded."""
    decoded = unquote(unquote(text))
    start = decoded.rfind("https://")
    if start <= 0:
        raise NotAnAmazonTarget(text, "an ad link without a product address in it")
    return decoded[start:]


def _target_from_path(text: str, parts: SplitResult, *, host: str) -> ProductTarget:
    code = _code_in_path(parts) or _code_in_query(parts)
    if code is None:
        raise NotAnAmazonTarget(text, "no ASIN in this address")
    if len(code) == 13:
        code = _asin_from_isbn13(text, code)
    if not any(c.isdigit() for c in code):
        raise NotAnAmazonTarget(text, f"{code!r} in this address is a word, not an ASIN")
    return ProductTarget(code, host, _warnings_for(code))


def _code_in_path(parts: SplitResult) -> str | None:
    path = unquote(parts.path)
    match = _PATH_ASIN.search(path)
    if match is None and (parts.hostname or "").endswith("amzn.com"):
        match = _LEADING_ASIN.match(path)
    return match.group(1).upper() if match else None


def _code_in_query(parts: SplitResult) -> str | None:
    """Ad clicks carry the product's path in `url`, encoded once or twice."""
    query = {name.casefold(): value for name, value in parse_qsl(parts.query)}
    asin = query.get("asin", "").strip().upper()
    if len(asin) == 10 and asin.isalnum() and asin.isascii():
        return asin
    match = _PATH_ASIN.search(unquote(query.get("url", "")))
    return match.group(1).upper() if match else None

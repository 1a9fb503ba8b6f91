"""Addresses that name a product: of the stores, and links of others that lead to them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from spiders.sites.marketplaces import MARKETPLACES, find_marketplace_by_host
from spiders.targets.codes import ISBN13, can_only_be_asin, checked, product_of_isbn13, warnings_for
from spiders.targets.models import ACCEPTED, ProductTarget, Refused, several

# They name a product only after a redirect, and nothing here touches the network.
SHORT_LINK_HOSTS = frozenset(
    {"a.co", "amzn.to", "amzn.eu", "amzn.asia", "amzn.in", "amzn.com.br", "amzlink.to", "bit.ly",
     "t.co", "tinyurl.com", "goo.gl", "shorturl.at", "geni.us", "rebrand.ly", "ow.ly", "is.gd"}
)  # fmt: skip
HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
LOOKS_LIKE_HOST = re.compile(r"(?://)?(?:[\w-]+\.)+[a-z]{2,}\.?(?::\d+)?(?:[/?#]|$)", re.IGNORECASE)
_STORE_HOSTS = {"amzn.com": "US", "www.amzn.com": "US"}
_AD_HOST = re.compile(r"aax-[a-z0-9-]+\.amazon-adsystem\.com")
_WRAPPER_HOST = re.compile(
    r"(?:[\w.-]+\.)?(?:google\.[a-z.]{2,6}|safelinks\.protection\.outlook\.com|facebook\.com"
    r"|instagram\.com|urldefense\.(?:com|proofpoint\.com)|duckduckgo\.com|bing\.com|youtube\.com"
    r"|linkedin\.com|slack-redir\.net|awin1\.com|href\.li)"
)
_MAX_DEPTH = 3
_EMBEDDED_IN = ("url", "u", "q", "ued", "redirecturl", "redirect", "target", "location", "to")
_ASIN_IN_QUERY = re.compile(r"(?:asin(?:\.\d+)?|creativeasin|asins|parentasin)")
# Segments after which the code stands, longest first.
_FORMS = tuple(
    tuple(form.split("/"))
    for form in (
        "exec/obidos/tg/detail/-", "exec/obidos/asin", "gp/product/glance", "gp/offer-listing",
        "gp/product", "gp/aw/d", "gp/aw/ol", "gp/aw/cr", "gp/aw/reviews", "gp/video/detail", "gp/mas/dl",
        "gp/customer-reviews", "review/product", "gp/discussionboard", "dp/product", "dp/e", "o/asin",
        "product-reviews", "products", "product", "asin", "dp", "d",
    )
)  # fmt: skip


_ENCODED = re.compile(r"https?%(?:25)*3a%", re.IGNORECASE)
_SLASHES = re.compile(r"(https?):[/\\]+(?=\w)", re.IGNORECASE)
# Of Proofpoint's links: version 3 has the address as it is, version 2 with `_` for `/` and `-XX` for `%XX`.
_PROOFPOINT_3 = re.compile(r"/v3/__(.+?)__;")


def readable_address(text: str) -> str:
    """An address that came encoded as a whole, or with other slashes after `https:`, as browsers read it."""
    for _ in range(_MAX_DEPTH):
        if not _ENCODED.match(text):
            break
        text = unquote(text)
    return _SLASHES.sub(r"\1://", text, count=1) if _SLASHES.match(text) else text


def product_of_address(text: str, *, depth: int) -> ProductTarget:
    if text.startswith("/") and not text.startswith("//"):
        return _product_of_path(split_address(f"https://store{text}"), host=None, depth=depth)
    if not HAS_SCHEME.match(text) and not LOOKS_LIKE_HOST.match(text):
        return _product_of_path(split_address(f"https://store/{text}"), host=None, depth=depth)
    parts = split_address(text)
    host = (parts.hostname or "").casefold().rstrip(".")
    if host in SHORT_LINK_HOSTS:
        raise Refused("a short link; open it and send the product's own address")
    if depth < _MAX_DEPTH and _is_wrapper(host):
        return product_of_address(_wrapped_address(text, parts, "a product's"), depth=depth + 1)
    if host in _STORE_HOSTS:
        return _product_of_path(parts, host=MARKETPLACES[_STORE_HOSTS[host]].host, depth=depth)
    store = find_marketplace_by_host(host)
    if store is None:
        raise Refused(f"{host or 'its host'} is not a store we know; {ACCEPTED}")
    return _product_of_path(parts, host=store.host, depth=depth)


def unwrapped_address(text: str) -> str:
    """What a mail program's or an ad server's link leads to; any other address as it is."""
    for _ in range(_MAX_DEPTH):
        parts = split_address(text)
        if not _is_wrapper((parts.hostname or "").casefold().rstrip(".")):
            break
        text = _wrapped_address(text, parts, "a search's")
    return text


def _is_wrapper(host: str) -> bool:
    return bool(_AD_HOST.fullmatch(host) or _WRAPPER_HOST.fullmatch(host))


def split_address(text: str) -> SplitResult:
    if text.startswith("//"):
        url = f"https:{text}"
    elif LOOKS_LIKE_HOST.match(text):
        url = f"https://{text}"
    else:
        url = text
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Refused(f"not a URL ({error})") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise Refused(f"scheme {parts.scheme!r} is not http or https")
    return parts


def _wrapped_address(text: str, parts: SplitResult, whose: str) -> str:
    """The address that an ad server's or a mail program's link leads to."""
    if found := _PROOFPOINT_3.search(text):
        return readable_address(found.group(1))
    for name, value in parse_qsl(parts.query):
        if name.casefold() in _EMBEDDED_IN:
            if parts.path.startswith("/v2/url"):
                value = unquote(re.sub(r"-([0-9A-Fa-f]{2})", r"%\1", value.replace("_", "/")))
            if HAS_SCHEME.match(value):
                return value
    decoded = unquote(unquote(text))
    start = decoded.rfind("https://")
    if start <= 0:
        raise Refused(f"a link of another site without {whose} address in it")
    return decoded[start:]


def _product_of_path(parts: SplitResult, *, host: str | None, depth: int) -> ProductTarget:
    path = unquote(parts.path)
    segments = [segment for segment in path.split("/") if segment]
    codes = _codes_by_form(path) or _codes_in_query(parts.query) or _codes_alone(segments)
    if not codes and depth < _MAX_DEPTH and (address := _embedded_address(parts.query)):
        inner = product_of_address(address, depth=depth + 1)
        return ProductTarget(inner.asin, inner.host or host, inner.warnings)
    if len(codes) > 1:
        raise several(codes)
    if not codes:
        raise Refused(_reason_for_path(segments, parts.query))
    return _product_of_found(codes[0], host=host)


def _product_of_found(code: str, *, host: str | None) -> ProductTarget:
    if len(code) == 13:
        return ProductTarget(product_of_isbn13(code).asin, host)
    if not any(c.isdigit() for c in code):
        raise Refused(f"{code!r} in this address is a word, not an ASIN")
    return ProductTarget(checked(code), host, warnings_for(code))


def _codes_by_form(path: str) -> list[str]:
    """The codes in the places that the address' form says; several only when they differ."""
    segments = [unquote(segment) for segment in re.split(r"[/;]", path) if segment]
    lower = [segment.casefold() for segment in segments]
    found: list[str] = []
    for form in _FORMS:
        if form == ("d",) and found:
            break  # `/d/Words/dp/ASIN`: dp has said it
        for place in range(len(segments) - len(form)):
            if tuple(lower[place : place + len(form)]) == form:
                rest = segments[place + len(form) :]
                found += _code_of_rest(rest, anywhere=form == ("d",))
    for segment in segments:
        if segment.casefold().startswith("isbn="):
            found += _code_of_rest([segment[5:]], anywhere=False)
    return list(dict.fromkeys(found))


def _code_of_rest(rest: list[str], *, anywhere: bool) -> list[str]:
    """The code at the beginning of `rest`; for `/d/Words/ASIN` the last segment that can be one."""
    if not anywhere:
        return [code] if rest and (code := _code_of_segment(rest[0])) else []
    certain = [
        code for segment in rest if can_only_be_asin(code := _code_of_segment(segment) or "")
    ]
    if certain:
        return certain
    return [code] if len(rest) == 1 and (code := _code_of_segment(rest[0])) else []


def _code_of_segment(segment: str) -> str | None:
    code = re.split(r"[?&#=.,]", segment, maxsplit=1)[0].strip().upper()
    is_code = code.isascii() and code.isalnum() and len(code) == 10
    return code if is_code or ISBN13.fullmatch(code) else None


def _codes_in_query(query: str) -> list[str]:
    found = []
    for name, value in parse_qsl(query):
        if _ASIN_IN_QUERY.fullmatch(name.casefold()):
            codes = [_code_of_segment(part) for part in re.split(r"[,;| ]", value)]
            found += [code for code in codes if code and any(c.isdigit() for c in code)]
    return list(dict.fromkeys(found))


def _embedded_address(query: str) -> str | None:
    """Ad clicks and mails carry the product's address in their query, encoded once or twice."""
    for name, value in parse_qsl(query):
        if name.casefold() in _EMBEDDED_IN:
            decoded = unquote(value)
            if decoded.startswith("/") or HAS_SCHEME.match(decoded):
                return decoded
    return None


def _codes_alone(segments: list[str]) -> list[str]:
    codes = [_code_of_segment(segment) for segment in segments]
    return list(dict.fromkeys(code for code in codes if code and can_only_be_asin(code)))


def _reason_for_path(segments: list[str], query: str) -> str:
    lower = [segment.casefold() for segment in segments]
    if "s" in lower and "k" in dict(parse_qsl(query)):
        return "no ASIN in this address: it is a search; send it to a search job"
    for marker in ("dp", "product", "d"):
        if marker in lower[:-1]:
            word = segments[lower.index(marker) + 1]
            return f"no ASIN in this address: {word[:40]!r} after {marker!r} has {len(word)} characters"
    return f"no ASIN in this address; {ACCEPTED}"

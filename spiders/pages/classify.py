"""What an answer is, by positive proof.

Success means that the product or the results are there, not that no captcha word is: ordinary
pages name `/errors/validateCaptcha` in scripts and link to `/ap/signin`, and blocked ones come
with status 200. Order: final URL, HTTP status, the asked thing itself, forms, dog pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from spiders.pages.document import Document, attribute, is_wide, text_of, utf8_body
from spiders.pages.fetched import Fetched
from spiders.pages.status import PageStatus
from spiders.parsing.javascript import find_value
from spiders.parsing.no_results import is_no_results_text
from spiders.sites.marketplaces import find_marketplace_by_host
from spiders.sites.urls import asin_from_path


class PageKind(StrEnum):
    SEARCH = "search"
    DETAIL = "detail"
    OTHER = "other"


_CAPTCHA_FORM = 'form[action*="validateCaptcha" i]'
_WAF_MARKS = (b".token.awswaf.com", b"window.gokuProps", b'id="challenge-container"')
# The edge's interstitial: a script computes a number, posts it and loads the page again.
_SCRIPT_CHALLENGE_MARKS = (b"bm-verify=", b"triggerInterstitialChallenge", b"/_sec/verify?")
_BUY_AREA = (
    "buybox", "desktop_buybox", "availability", "addToCart", "addToCart_feature_div", "outOfStock",
    "corePriceDisplay_desktop_feature_div", "corePrice_feature_div", "corePrice_desktop",
    "apex_desktop", "price", "price_feature_div", "buyBoxInner", "buybox_feature_div",
    "unqualifiedBuyBox_feature_div", "unqualifiedBuyBox", "partialStateBuybox",
    "tmmSwatches", "MediaMatrix", "usedOnlyBuybox", "buyNewSection", "usedBuySection",
    "merchantID", "corePriceDisplay_mobile_feature_div", "buybox-see-all-buying-choices",
    "mbc", "olp_feature_div", "availability_feature_div", "rightCol",
)  # fmt: skip
_NO_RESULTS_PLACES = (
    "#noResultsTitle, [class*=s-no-results], [cel_widget_id*=NO_RESULTS],"
    " [cel_widget_id*=no-results], [cel_widget_id*=messaging-messages-results-header],"
    " [cel_widget_id*=MESSAGE], .s-messaging-widget-results-header, .s-no-outline"
)
_SMALL_PAGE_BYTES = 50_000
# What these say of a page rests on what is missing as well, which may have stood in the lost half.
_OF_WHOLE_PAGES = frozenset(
    {
        PageStatus.OK,
        PageStatus.NO_RESULTS,
        PageStatus.NOT_A_LISTING,
        PageStatus.PARTIAL,
        PageStatus.STRIPPED,
        PageStatus.EMPTY_UNEXPLAINED,
    }
)
# All rows stand in it.
_RESULTS_CLASS = "s-main-slot"
_RESULTS_IDS = ("search", "resultsCol", "atfResults", "s-results-list-atf", "noResultsTitle")
_RESULTS_COMPONENT = '[data-component-type="s-search-results"]'
_LANDING = (
    '[class*="carousel"], [id="merchandised-content"], [class*="bxc-grid"], [class*="apb-browse"],'
    ' [id^="contentGrid"]'
)
_HEADER_IDS = ("navbar", "nav-main", "nav-belt")
# Nothing of a product follows these; they stand outside of what holds it.
_FOOTER_IDS = ("navFooter", "nav-footer", "rhf")
_PRODUCT_IDS = frozenset({"dp-container", "dp", "ppd"})


def page_status(
    fetched: Fetched,
    *,
    kind: PageKind,
    asked_asin: str | None = None,
    document: Document | None = None,
) -> PageStatus:
    """Pure in HTTP status, headers, final URL and body; `document` only spares a second parse."""
    if kind is PageKind.SEARCH:
        return proven_status(
            fetched, document, proof=_search_proof, absence=_search_absence, rows=_RESULTS_CLASS
        )
    return proven_status(
        fetched,
        document,
        proof=lambda page: _product_proof(page, asked_asin),
        absence=_product_absence,
        rows=_RESULTS_CLASS,
    )


def proven_status(
    fetched: Fetched,
    document: Document | None,
    *,
    proof: Callable[[Document], PageStatus | None],
    absence: Callable[[Document], PageStatus],
    rows: str,
) -> PageStatus:
    """`proof`: what the page is by what it shows, or None; `absence`: what it is without that.

    `rows`: the class of the element that all rows stand in.
    """
    early = _status_from_url(fetched) or _status_from_http(fetched) or _status_from_bytes(fetched)
    if early is not None:
        return early
    document = document or Document(fetched)
    found = proof(document) or _block_form(document) or absence(document)
    is_of_whole_page = found in _OF_WHOLE_PAGES
    return PageStatus.TRUNCATED if is_of_whole_page and is_cut(document, rows=rows) else found


def page_asin(document: Document) -> str | None:
    """The ASIN the page itself is about; the canonical link may name the parent instead."""
    for source in (_input_asin, _canonical_asin, _data_asin, _form_asin):
        asin = source(document)
        if asin and len(asin) == 10:
            return asin.upper()
    return None


def family_asins(document: Document) -> Iterator[str]:
    """Parents and siblings that the page names beside its own ASIN."""
    canonical = _canonical_asin(document)
    if canonical:
        yield canonical
    for node in document.tree.css('input[name="ASIN"]'):
        yield attribute(node, "value") or ""
    for key in ("parentAsin", "landingAsin", "dimensionToAsinMap"):
        stated = find_value(document.body, key)
        if isinstance(stated, str):
            yield stated
        elif isinstance(stated, dict):
            yield from (asin for asin in stated.values() if isinstance(asin, str))


def _status_from_url(fetched: Fetched) -> PageStatus | None:
    try:
        parts = urlsplit(fetched.url)
        host = parts.hostname or ""
    except ValueError:
        return PageStatus.NETWORK_ERROR
    if "/ap/signin" in parts.path:
        return PageStatus.SIGNIN
    if fetched.requested_url and host and find_marketplace_by_host(host) is None:
        asked = urlsplit(fetched.requested_url).hostname or ""
        left_the_store = find_marketplace_by_host(asked) is not None
        # Some gateway answered in the store's place.
        return PageStatus.NETWORK_ERROR if left_the_store else None
    return None


def _status_from_http(fetched: Fetched) -> PageStatus | None:
    status = fetched.status
    if status in (404, 410):
        return PageStatus.NOT_FOUND
    # A throttle refuses the address; a challenge, which may have the same status, asks the client.
    is_throttle_page = status >= 400 and b"ref=cs_503" in _narrow(fetched)[:_SMALL_PAGE_BYTES]
    if status in (503, 429) or is_throttle_page:
        return PageStatus.THROTTLED
    if fetched.headers.get("x-amzn-waf-action") or status in (202, 405):
        return PageStatus.WAF_CHALLENGE
    if status >= 500:
        return PageStatus.SERVER_ERROR
    if status >= 400:
        return PageStatus.FORBIDDEN
    return PageStatus.NETWORK_ERROR if status < 200 or status >= 300 else None


def is_cut(document: Document, *, rows: str) -> bool:
    """Whether the HTML stops before its end, in a place that matters to us."""
    ending = document.ending
    if not ending.is_cut:
        return False
    if document.tree.css_first(f".{rows}") is not None:
        return rows in ending.classes
    return document.find(*_FOOTER_IDS) is None or bool(_PRODUCT_IDS & ending.ids)


def ends_before_footer(document: Document) -> bool:
    """Whether what follows the rows, such as the links to further pages, may be lost."""
    return document.ending.is_cut and document.find(*_FOOTER_IDS) is None


def _status_from_bytes(fetched: Fetched) -> PageStatus | None:
    declared = fetched.headers.get("content-type", "").casefold()
    if fetched.is_cut:
        return PageStatus.TRUNCATED
    head = fetched.body[:2048]
    if not head.strip() and not fetched.body.strip():
        return PageStatus.EMPTY_UNEXPLAINED
    if declared and "html" not in declared and b"<html" not in head.lower():
        return PageStatus.NOT_HTML
    return PageStatus.NOT_HTML if b"<" not in _narrow(fetched) else None


def _narrow(fetched: Fetched) -> bytes:
    """The body, with ASCII one byte wide."""
    return utf8_body(fetched) if is_wide(fetched.body) else fetched.body


def _search_proof(document: Document) -> PageStatus | None:
    if document.result_cards:
        return PageStatus.OK
    return PageStatus.NO_RESULTS if _says_no_results(document) else None


def _says_no_results(document: Document) -> bool:
    for node in document.tree.css(_NO_RESULTS_PLACES):
        if node.id == "noResultsTitle" or is_no_results_text(text_of(node)):
            return True
    return False


def _search_absence(document: Document) -> PageStatus:
    if _leads_to_lists(document):
        return PageStatus.NOT_A_LISTING
    return unknown_page(document)


def _leads_to_lists(document: Document) -> bool:
    """A landing page of a category or an event, or the store's own front page: between the store's
    header and footer it has banners and carousels, and no place for results."""
    if document.find(*_HEADER_IDS) is None or document.find(*_FOOTER_IDS) is None:
        return False
    if document.find(*_RESULTS_IDS, *_PRODUCT_IDS) is not None:
        return False
    tree = document.tree
    has_results = tree.css_first(f".{_RESULTS_CLASS}, {_RESULTS_COMPONENT}") is not None
    return not has_results and tree.css_first(_LANDING) is not None


def _product_proof(document: Document, asked_asin: str | None) -> PageStatus | None:
    if not document.text_of("productTitle", "ebooksProductTitle", "btAsinTitle"):
        return None
    found = page_asin(document)
    if found is None or not any(name in document.by_id for name in _BUY_AREA):
        return PageStatus.PARTIAL
    asked = asked_asin.upper() if asked_asin else None
    if asked is None or asked == found or asked in family_asins(document):
        return PageStatus.OK
    return PageStatus.WRONG_PRODUCT


def _product_absence(document: Document) -> PageStatus:
    has_shell = document.find("dp-container", "dp", "centerCol", "ppd") is not None
    if has_shell:
        return PageStatus.STRIPPED
    return unknown_page(document)


def _block_form(document: Document) -> PageStatus | None:
    form = document.tree.css_first(_CAPTCHA_FORM)
    if form is not None:
        picture = form.css_first('img[src*="captcha" i], #captchacharacters')
        return PageStatus.CONTINUE_GATE if picture is None else PageStatus.CAPTCHA
    if document.tree.css_first('form[name="signIn"], #ap_signin_form') is not None:
        return PageStatus.SIGNIN
    body = document.body
    if len(body) <= _SMALL_PAGE_BYTES and any(mark in body for mark in _SCRIPT_CHALLENGE_MARKS):
        return PageStatus.SCRIPT_CHALLENGE
    is_challenge = any(mark in body for mark in _WAF_MARKS)
    return PageStatus.WAF_CHALLENGE if is_challenge else None


def unknown_page(document: Document) -> PageStatus:
    """What a page is that shows nothing of what was asked for."""
    return _dog_page(document) or PageStatus.EMPTY_UNEXPLAINED


def _dog_page(document: Document) -> PageStatus | None:
    """Error pages that came with status 200; their links say which."""
    body = document.body
    if len(body) > _SMALL_PAGE_BYTES:
        return None
    if b"ref=cs_404" in body:
        return PageStatus.NOT_FOUND
    if b"ref=cs_503" in body or b"api-services-support@amazon.com" in body:
        return PageStatus.THROTTLED
    return PageStatus.SERVER_ERROR if b"ref=cs_500" in body else None


def _input_asin(document: Document) -> str | None:
    return document.value_of("ASIN")


def _canonical_asin(document: Document) -> str | None:
    head = document.tree.head
    link = head.css_first('link[rel="canonical"]') if head is not None else None
    return asin_from_path(attribute(link, "href") or "") if link is not None else None


def _data_asin(document: Document) -> str | None:
    for name in ("averageCustomerReviews", "title_feature_div", "cerberus-data-metrics"):
        node = document.find(name)
        if node is not None and (asin := attribute(node, "data-asin")):
            return asin
    return None


def _form_asin(document: Document) -> str | None:
    node = document.tree.css_first('input[name="ASIN"], input[name="ASIN.0"]')
    return None if node is None else attribute(node, "value")

"""What every page of one language shares: head, navigation, bulk, foot; deflated once."""

from functools import lru_cache

from sandbox import ballast
from sandbox.http.gzip_stream import Segment, shared_segment
from sandbox.locales import Locale
from sandbox.markup import escape

_STYLE = """<style>
body{font:14px/20px Arial,sans-serif;color:#0f1111;margin:0}
a{color:#007185;text-decoration:none}ul{list-style:none;padding:0}
#navbar{background:#131921;color:#fff;padding:10px 18px}#navbar a,#navbar span{color:#fff;margin-right:14px}
#navbar,#nav-xshop{display:flex;gap:18px;align-items:center}#nav-xshop{padding:6px 18px}
h1{font-size:22px;line-height:28px}h2{font-size:18px;line-height:24px}
.a-breadcrumb ul,ul.a-horizontal{display:flex;gap:6px}
#dp,#search{max-width:1300px;margin:0 auto;padding:14px 18px}
.aok-hidden,.a-popover-preload{display:none!important}
.a-offscreen,.aok-offscreen{position:absolute;left:-9999px}
.a-price-symbol,.a-price-fraction{font-size:60%;vertical-align:top}
.a-price{font-size:24px}.a-text-price{font-size:13px}[data-a-strike]{text-decoration:line-through;color:#565959}
.a-text-bold{font-weight:700}.a-color-secondary,.a-color-tertiary{color:#565959}
.a-color-success{color:#007600}.a-color-price{color:#b12704}
.s-result-item.s-asin{border:1px solid #e7e7e7;margin:8px 0;padding:10px}
.puisg-row{display:flex;gap:16px}.puis-list-col-left{flex:0 0 160px}
img.s-image{max-width:150px;background:#eee}
.a-badge-label{background:#c45500;color:#fff;padding:2px 6px}
#ppd{display:grid;grid-template-columns:380px 1fr 260px;gap:24px}
#desktop_buybox{border:1px solid #d5d9d9;border-radius:8px;padding:14px}
#landingImage{width:360px;background:#eee}
table th{text-align:left;padding:4px 14px 4px 0}
.s-pagination-item{padding:6px 12px;border:1px solid #ddd;display:inline-block}
.s-pagination-strip ul{display:flex;justify-content:center;gap:4px}
#navFooter{background:#232f3e;color:#fff;padding:30px;text-align:center}
</style>"""

BLOCK_COUNT = 18


@lru_cache(maxsize=1)
def blocks() -> tuple[Segment, ...]:
    return tuple(shared_segment(ballast.block(number)) for number in range(BLOCK_COUNT))


@lru_cache(maxsize=1)
def base_block() -> Segment:
    """What even the smallest page carries."""
    return shared_segment(ballast.block(100) + ballast.block(101) + ballast.block(102))


@lru_cache(maxsize=256)
def head(locale: Locale) -> Segment:
    language = locale.code.replace("_", "-").lower()
    return shared_segment(
        f'<!doctype html><html lang="{language}" dir="{locale.words.direction}" '
        'class="a-no-js"><head><meta charset="utf-8">'
        '<meta http-equiv="content-type" content="text/html; charset=UTF-8"/>'
        f"{_STYLE}".encode()
    )


@lru_cache(maxsize=256)
def navigation(locale: Locale) -> Segment:
    """Closes the head. Every ordinary page links to the sign-in page."""
    words = locale.words
    departments = "".join(
        f'<a class="nav-a" href="/s?i=aps&amp;k={escape(name)}&amp;ref=nav_{place}">'
        f"{escape(name)}</a>"
        for place, name in enumerate(words.departments)
    )
    return shared_segment(
        (
            '</head><body class="a-meter-animate"><div id="a-page">'
            '<header id="navbar-main"><div id="navbar" role="navigation">'
            '<a href="/ref=nav_logo" id="nav-logo-sprites" aria-label="Amazon">sandbox</a>'
            '<span id="nav-global-location-slot"><a id="nav-global-location-popover-link" '
            'class="nav-a nav-a-2 a-popover-trigger" href="">'
            '<div id="glow-ingress-block"><span class="nav-line-1" id="glow-ingress-line1">'
            f"{words.deliver_to} </span>"
            '<span class="nav-line-2" id="glow-ingress-line2">'
            f"{escape(locale.place.shown)}\u200c</span></div></a></span>"
            '<div id="icp-nav-flyout"><span class="icp-nav-link-inner"><span class="nav-line-2">'
            f"{locale.code.partition('_')[0].upper()}</span></span></div>"
            '<a id="nav-link-accountList" href="/ap/signin?openid.return_to=%2F&amp;ref=nav_ya">'
            f'•</a></div><div id="nav-xshop-container"><div id="nav-xshop">{departments}</div>'
            "</div></header>\n"
        ).encode()
    )


CLOSING = b"</body></html>\n"
_FOOT = (
    b'<div id="rhf"></div><div class="navLeftFooter" id="navFooter">'
    b"A practice marketplace. Nothing here is for sale.</div></div>"
)


@lru_cache(maxsize=1)
def foot() -> Segment:
    return shared_segment(_FOOT + CLOSING)


@lru_cache(maxsize=1)
def open_foot() -> Segment:
    """The foot of a page that a visitor's own part and CLOSING follow."""
    return shared_segment(_FOOT)

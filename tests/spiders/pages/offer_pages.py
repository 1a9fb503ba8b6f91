"""Lists of offers of our own writing, by the facts that are known of them: six languages and currencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ASIN = "B0FIXTURE1"
PATH = f"/gp/product/ajax/aodAjaxMain/?asin={ASIN}&pc=dp&experienceId=aodAjaxMain"


@dataclass(frozen=True)
class OffersCase:
    name: str
    host: str
    html: str
    # By offer, the fields that the case is about.
    rows: list[dict[str, Any]]
    lang: str = "en-US"


def pinned(inner: str) -> str:
    return f'<div id="aod-pinned-offer" class="a-section">{inner}</div>'


def listed(*offers: str) -> str:
    inner = "".join(
        f'<div id="aod-offer" class="a-section aod-information-block aod-other-offer-block">{one}</div>'
        for one in offers
    )
    return f'<div id="aod-offer-list">{inner}</div>'


def container(inner: str, *, count: int | None = None, end: bool = True) -> str:
    total = (
        "" if count is None else f'<input type="hidden" id="aod-total-offer-count" value="{count}">'
    )
    last = '<div id="aod-end-of-results"></div>' if end else ""
    return f'<div id="aod-container">{total}{inner}{last}</div>'


def heading(text: str) -> str:
    return f'<div id="aod-offer-heading"><h5 class="a-text-bold">\n {text} </h5></div>'


def amount(inner: str, *, number: int = 1) -> str:
    return f'<div id="aod-offer-price"><div id="aod-price-{number}">{inner}</div></div>'


def offscreen(text: str) -> str:
    return f'<span class="a-price"><span class="a-offscreen">{text}</span></span>'


def struck(text: str) -> str:
    return (
        '<span class="a-price a-text-price" data-a-strike="true">'
        f'<span class="a-offscreen">{text}</span></span>'
    )


def pieces(symbol: str, whole: str, mark: str, fraction: str) -> str:
    """The offscreen text is blank, as on pages of 2026."""
    return (
        '<span class="a-price"><span class="a-offscreen"> </span><span aria-hidden="true">'
        f'<span class="a-price-symbol">{symbol}</span><span class="a-price-whole">{whole}'
        f'<span class="a-price-decimal">{mark}</span></span>'
        f'<span class="a-price-fraction">{fraction}</span></span></span>'
    )


def sold_by(label: str, value: str) -> str:
    return _pair("aod-offer-soldBy", label, value)


def ships_from(label: str, value: str) -> str:
    return _pair("aod-offer-shipsFrom", label, value)


def _pair(name: str, label: str, value: str) -> str:
    return (
        f'<div id="{name}"><div class="a-fixed-left-grid"><div class="a-col-left">{label}</div>'
        f'<div class="a-col-right">{value}</div></div></div>'
    )


def linked(name: str, seller: str) -> str:
    return f'<a href="/gp/aag/main?ie=UTF8&amp;seller={seller}&amp;x=1" role="link">{name}</a>'


def rating(stars: str, text: str) -> str:
    return (
        f'<div id="aod-offer-seller-rating"><i class="a-icon a-icon-star-mini a-star-mini-{stars}">'
        f"</i><span>{text}</span></div>"
    )


def delivery(price: str, text: str, *, condition: str = "") -> str:
    return (
        f'<div><span data-csa-c-delivery-price="{price}" data-csa-c-delivery-time="x" '
        f'data-csa-c-delivery-condition="{condition}">{text}</span></div>'
    )


def listing(value: str) -> str:
    return (
        f'<form><input type="hidden" name="items[0.base][asin]" value="{ASIN}"><input type="hidden" '
        f'name="items[0.base][offerListingId]" value="{value}"></form>'
    )


def cart_data(oid: str, *, asin: str = ASIN) -> str:
    return (
        f'<span data-aw-aod-cart-api="{{&quot;asin&quot;:&quot;{asin}&quot;,&quot;oid&quot;:&quot;{oid}&quot;}}">'
        "</span>"
    )


_US = container(
    pinned(
        '<div id="aod-sticky-pinned-offer"><div id="aod-price-0">' + offscreen("$1,299.00") + "</div>"
        + heading("Renewed") + "</div>"
        + heading("New")
        + amount(struck("$59.99") + '<span class="a-price a-text-price"><span class="a-offscreen">$4.15</span></span> / Count' + offscreen("$41.50"), number=0)
        + delivery("FREE", "FREE delivery Tuesday")
        + '<i class="a-icon a-icon-prime"></i>'
        + ships_from("Ships from", "Amazon.com") + sold_by("Sold by", "<span>Amazon.com</span>")
        + '<div id="aod-offer-qty-component-0"><select><option>1</option><option>30</option><option>2026</option></select></div>'
        + listing("pinned%2Bid%3D")
    )
    + listed(
        heading("New") + amount(offscreen("$41.50")) + sold_by("Sold by", "<span>Amazon.com</span>")
        + cart_data("pinned%2Bid%3D") + '<div id="aod-condition-note">In its own box.</div>',
        heading("Used -\n Like New") + amount(pieces("$", "1,036", ".", "07"), number=2)
        + '<div class="expandable-expanded-text">Box opened.</div>'
        + delivery("$5.99", "$5.99 delivery May 3 - 8")
        + ships_from("Ships from", "Lamps Ltd") + sold_by("Sold by", linked("Lamps Ltd", "A1LAMPSSHOP1"))
        + rating("4-5", "(1,234 ratings) 96% positive over last 12 months") + cart_data("two%252B"),
        heading("Collectible - Very Good") + amount("") + sold_by("Sold by", linked("Old Things", "A2OLDTHINGS1"))
        + listing("three"),
    )
)  # fmt: skip
_DE = container(
    pinned("<span>Keine hervorgehobenen Angebote verfügbar</span>")
    + listed(
        heading("Gebraucht -\n Gut") + amount(offscreen("1.299,00 €"))
        + delivery("GRATIS", "GRATIS Lieferung für Mitglieder von Prime")
        + sold_by("Verkäufer", linked("Bücher &amp; mehr", "A3BUCHLADEN1"))
        + rating("4", "(16.516 Bewertungen) 93 % positiv"),
        heading("Generalüberholt") + amount(offscreen("89,95&nbsp;€"))
        + delivery("GRATIS", "GRATIS Lieferung", condition="ab 39 €")
        + "<div id='aod-offer-soldBy'>Verkauf durch: Amazon Retourenkauf</div>",
    )
)  # fmt: skip
_JP = container(
    listed(
        heading("中古品 - 可") + amount(offscreen("￥12,800"))
        + '<span class="aod-ship-charge">+ ￥350 配送料</span>'
        + sold_by("販売元", linked("ランプ屋", "A4JPSHOP0001")) + rating("3-5", "(87件の評価) 過去12か月で91%の高い評価"),
        heading("新品") + amount('<span id="apex-pricetopay-accessibility-label">￥9,980</span>')
        + '<span class="aod-ship-charge">無料配送</span>'
        + ships_from("出荷元", "Amazon") + sold_by("販売元", "<span>Amazon.co.jp</span>"),
    )
)  # fmt: skip
_FR = container(
    listed(
        heading("D'occasion - Comme neuf") + amount(offscreen("34,90&nbsp;€"))
        + delivery("4,99&nbsp;€", "Livraison à 4,99&nbsp;€") + sold_by("Vendu par", linked("Chez Zoé", "A5FRSHOP0001"))
        + rating("5", "(2&#8239;345 évaluations) 100&nbsp;% positives"),
    )
)  # fmt: skip
_BR = container(
    listed(
        heading("Usado - Muito Bom") + amount(pieces("R$", "1.099", ",", "90"))
        + delivery("R$&nbsp;19,90", "Entrega R$ 19,90") + sold_by("Vendido por", linked("Loja", "A6BRSHOP0001")),
    )
)  # fmt: skip
_AE = container(
    listed(
        heading("مستعمل - مقبول") + amount(offscreen("‏1,200.50&nbsp;د.إ.‏"))
        + sold_by("يباع بواسطة", linked("متجر", "A7AESHOP0001")) + rating("0-5", "(٣ تقييمات) ٦٦٪ إيجابي"),
    )
)  # fmt: skip

# As lists of 2026 are told of: the featured price in no place of its own, labels without a column or a
# colon, notes in a box, delivery in messages.
_NEW = container(
    pinned(
        heading("Novo") + '<span class="a-price apex-pricetopay-value">' + offscreen("R$ 4.219,07") + "</span>"
        + '<div id="aod-offer-soldBy"><span>Vendido por</span> <span>Amazon.com.br</span></div>'
        + '<div id="aod-offer-shipsFrom"><span>Enviado por</span> <span>Amazon.com.br</span></div>'
        + '<div class="aod-delivery-promise">Entrega GRÁTIS terça</div>'
    )
    + listed(
        heading("Usado - Bom") + '<div id="aod-price-1">' + offscreen("R$ 3.100,00") + "</div>"
        + '<div id="aod-condition-container"><span class="a-text-bold">Condição</span> Riscos na tampa.</div>'
        + '<div id="aod-offer-shipping-price">+ R$ 19,90 de frete</div>'
        + '<span id="unified-delivery-message-2">Entrega em 5 dias</span>'
        + sold_by("Vendido por", linked("Loja", "A6BRSHOP0001")),
        heading("Usado - Aceitável") + '<div id="aod-price-2">' + offscreen("R$ 2.900,00") + "</div>"
        + '<div id="aod-condition-container"><h5>Condição</h5><span class="a-truncate-cut">Riscos…</span>'
        + '<span class="a-truncate-full">Riscos em toda parte.</span></div>'
        + sold_by("Vendido por", linked("Outra", "A7BRSHOP0001")),
    )
)  # fmt: skip


def money(value: float, currency: str | None) -> dict[str, Any]:
    return {"amount": value, "currency": currency}


OWN_PAGES = [
    OffersCase("us", "www.amazon.com", _US, [
        {
            "offerId": "pinned+id=", "position": 1, "isFeatured": True, "condition": "new",
            "conditionText": "New", "conditionNote": "In its own box.",
            "price": money(41.5, "USD"), "listPrice": money(59.99, "USD"),
            "shippingPrice": money(0, None), "delivery": ["FREE delivery Tuesday"], "isPrime": True,
            "seller": {"id": None, "name": "Amazon.com", "isAmazon": True, "rating": None},
            "shipsFrom": "Amazon.com", "maxQuantity": 30,
        },
        {
            "offerId": "two%2B", "position": 2, "isFeatured": False, "condition": "used_like_new",
            "conditionText": "Used - Like New", "conditionNote": "Box opened.",
            "price": money(1036.07, "USD"), "listPrice": None, "shippingPrice": money(5.99, "USD"),
            "seller": {
                "id": "A1LAMPSSHOP1", "name": "Lamps Ltd", "isAmazon": False, "rating": 4.5,
                "ratingsCount": 1234, "positivePercent": 96,
            },
            "shipsFrom": "Lamps Ltd", "isPrime": None, "maxQuantity": None,
        },
        {"offerId": "three", "condition": "collectible", "price": None, "shippingPrice": None, "delivery": None},
    ]),
    OffersCase("de", "www.amazon.de", _DE, [
        {
            "condition": "used_good", "price": money(1299, "EUR"), "shippingPrice": None, "isFeatured": False,
            "seller": {"id": "A3BUCHLADEN1", "name": "Bücher & mehr", "rating": 4, "ratingsCount": 16516, "positivePercent": 93},
        },
        {
            "condition": "renewed", "price": money(89.95, "EUR"), "shippingPrice": None,
            "seller": {"id": None, "name": "Amazon Retourenkauf", "isAmazon": True},
        },
    ], "de-DE"),
    OffersCase("jp", "www.amazon.co.jp", _JP, [
        {
            "condition": "used_acceptable", "price": money(12800, "JPY"), "shippingPrice": money(350, "JPY"),
            "delivery": ["+ ￥350 配送料"],
            "seller": {"name": "ランプ屋", "rating": 3.5, "ratingsCount": 87, "positivePercent": 91},
        },
        {
            "condition": "new", "price": money(9980, "JPY"), "shippingPrice": money(0, None), "shipsFrom": "Amazon",
            "seller": {"id": None, "name": "Amazon.co.jp", "isAmazon": True},
        },
    ], "ja-JP"),
    OffersCase("fr", "www.amazon.fr", _FR, [
        {
            "condition": "used_like_new", "price": money(34.9, "EUR"), "shippingPrice": money(4.99, "EUR"),
            "seller": {"name": "Chez Zoé", "rating": 5, "ratingsCount": 2345, "positivePercent": 100},
        },
    ], "fr-FR"),
    OffersCase("br", "www.amazon.com.br", _BR, [
        {
            "condition": "used_very_good", "price": money(1099.9, "BRL"), "shippingPrice": money(19.9, "BRL"),
            "seller": {"name": "Loja", "ratingsCount": None},
        },
    ], "pt-BR"),
    OffersCase("new", "www.amazon.com.br", _NEW, [
        {
            "isFeatured": True, "condition": "new", "price": money(4219.07, "BRL"), "shipsFrom": "Amazon.com.br",
            "seller": {"id": None, "name": "Amazon.com.br", "isAmazon": True}, "delivery": ["Entrega GRÁTIS terça"],
        },
        {
            "condition": "used_good", "price": money(3100, "BRL"), "conditionNote": "Riscos na tampa.",
            "shippingPrice": money(19.9, "BRL"), "delivery": ["Entrega em 5 dias"],
        },
        {"condition": "used_acceptable", "conditionNote": "Riscos em toda parte."},
    ], "pt-BR"),
    OffersCase("ae", "www.amazon.ae", _AE, [
        {
            "condition": "used_acceptable", "price": money(1200.5, "AED"),
            "seller": {"name": "متجر", "rating": 0.5, "ratingsCount": 3, "positivePercent": 66},
        },
    ], "ar-AE"),
]  # fmt: skip

"""Profiles of those who sell here: names, ratings by span of time, and an invented imprint."""

import json
from collections.abc import Iterator
from functools import lru_cache

from sandbox import chrome
from sandbox.answers import Asked
from sandbox.goods.catalogue import SELLERS, seller_id
from sandbox.http.gzip_stream import GzipAssembler, Segment
from sandbox.http.messages import Reply, Request
from sandbox.markup import attribute_json, escape, stars
from sandbox.noise import dice
from sandbox.truth import Facts

_PATH = "/sp"
_SPANS = (
    "thirtyDayRatingsData",
    "ninetyDayRatingsData",
    "oneYearRatingsData",
    "lifetimeRatingsData",
)
# In lists of offers a seller's name has a number behind it.
_MAX_TURNS = 9
# By language: business name, trade register number, VAT number, business address.
_LABELS = {
    "en": ("Business Name:", "Trade Register Number:", "VAT Number:", "Business Address:"),
    "de": ("Geschäftsname:", "Handelsregisternummer:", "UStID:", "Geschäftsadresse:"),
    "fr": ("Nom commercial:", "Numéro de registre de commerce:", "Numéro de TVA:", "Adresse commerciale:"),
    "es": ("Nombre comercial:", "Número de registro mercantil:", "Número de IVA:", "Dirección comercial:"),
    "it": ("Nome aziendale:", "Registro delle imprese:", "Partita IVA:", "Indirizzo aziendale:"),
    "ja": ("販売業者:", "登録番号:", "消費税番号:", "住所:"),
    "pt": ("Nome comercial:", "Número de registro:", "NIF:", "Endereço comercial:"),
    "nl": ("Bedrijfsnaam:", "KvK-nummer:", "Btw-nummer:", "Bedrijfsadres:"),
    "pl": ("Nazwa firmy:", "KRS:", "Numer VAT:", "Adres firmy:"),
    "sv": ("Företagsnamn:", "Organisationsnummer:", "Momsnummer:", "Företagsadress:"),
    "tr": ("İşletme Adı:", "Ticaret Sicil No:", "VKN:", "İşletme Adresi:"),
    "ar": ("اسم الشركة:", "السجل التجاري:", "ضريبة:", "العنوان:"),
}  # fmt: skip


def find_subject(request: Request) -> str | None:
    return request.query.get("seller", "").upper() or None if request.path == _PATH else None


def find_reply(asked: Asked) -> Reply | None:
    facts = find_facts(asked)
    if facts is None:
        return None
    parts: list[Segment | bytes] = [
        chrome.head(asked.locale),
        f"<title>{escape(str(facts['name']))}</title>".encode(),
        chrome.navigation(asked.locale),
        _body(asked, facts).encode(),
        chrome.open_foot(),
    ]
    return Reply(200, _assembler().page(parts), "seller")


def find_facts(asked: Asked) -> Facts | None:
    name = _names().get(find_subject(asked.request) or "")
    if name is None:
        return None
    draw = dice(asked.catalogue.seed, "seller", name)
    lifetime = draw.randrange(500, 90_000)
    counts = [lifetime // 90, lifetime // 30, lifetime // 4, lifetime]
    number = draw.randrange(10_000, 99_999)
    return {
        "name": name,
        "rating": 3 + draw.randrange(5) / 2,
        "counts": counts,
        "positive": [draw.randrange(60, 101) for _ in counts],
        "businessName": f"{name} Trading",
        "country": "DE",
        "registrationNumber": f"HRB {number}",
        "vat": f"DE{number}0000",
    }


@lru_cache(maxsize=1)
def _assembler() -> GzipAssembler:
    return GzipAssembler()


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """By id."""
    names = [*SELLERS, *(f"{name} {turn}" for name in SELLERS for turn in range(1, _MAX_TURNS + 1))]
    return {seller_id(name): name for name in names}


def _body(asked: Asked, facts: Facts) -> str:
    positive, counts = facts["positive"], facts["counts"]
    assert isinstance(positive, list) and isinstance(counts, list)
    star = f"a-star-medium-{stars(float(str(facts['rating'])))}"
    states = "".join(
        f'<script type="a-state" data-a-state="{attribute_json({"key": key})}">'
        f"{json.dumps({'ratingCount': asked.locale.count(count), 'positivePercent': str(share)})}</script>"
        for key, count, share in zip(_SPANS, counts, positive, strict=True)
    )
    return (
        f'<div id="seller-profile-container" class="seller-profile"><h1 id="seller-name">'
        f'{escape(str(facts["name"]))}</h1><div id="seller-info-feedback-summary">'
        f'<i class="a-icon a-icon-star-medium {star}"></i><span>{positive[2]}%</span></div>'
        f'{states}<div id="page-section-detail-seller-info">{"".join(_imprint(asked, facts))}</div>'
        "</div>\n"
    )


def _imprint(asked: Asked, facts: Facts) -> Iterator[str]:
    name, register, vat, address = _LABELS[asked.locale.words.code]
    yield _line(name, str(facts["businessName"]))
    yield _line(register, str(facts["registrationNumber"]))
    yield _line(vat, str(facts["vat"]))
    yield _line(address, "")
    for part in ("Practice Street 1", "12345", str(facts["country"])):
        yield f'<div class="a-row a-spacing-none indent-left"><span>{part}</span></div>'


def _line(label: str, value: str) -> str:
    return (
        '<div class="a-row a-spacing-none"><span class="a-text-bold">'
        f"{label}</span><span> {escape(value)}</span></div>"
    )

"""Lines of a seller's imprint, by their labels. What is a person's is not read: no address, no name of
a representative, no telephone, no mail."""

from __future__ import annotations

import re

from spiders.parsing.text import clean_text, words_of

_BUSINESS_NAME = re.compile(
    r"business name|geschäftsname|nom commercial|nom de l['’]entreprise|raison sociale|nombre (?:de (?:la )?empresa|comercial|del negocio)|nome (?:aziendale|azienda|dell['’](?:azienda|attività)|comercial|da empresa)|denominazione|ragione sociale|bedrijfsnaam|företagsnamn|firmanamn"
    r"|nazwa firmy|işletme adı|ticari (?:unvan|ad[ıi])|販売業者|公司名称|企业名称|企業名稱|상호|اسم (?:الشركة|النشاط|العمل)|razão social|razón social",
    re.IGNORECASE,
)
_REGISTRATION = re.compile(
    r"trade register|registration number|company number|handelsregister|registre (?:de|du) commerce|siren|registro mercantil|registro (?:delle |di )?(?:imprese|comercial|commercio)|numero di registrazione|handelsregistr|número de registro|número de registo|kvk|organisationsnummer"
    r"|\bkrs\b|numer (?:w )?rejestr|ticaret sicil|mersis|法人番号|登録番号|السجل التجاري|\bcnpj\b",
    re.IGNORECASE,
)
_VAT = re.compile(
    r"\bvat\b|\bust\b|ust-?id|umsatzsteuer|\btva\b|\biva\b|\bnif\b|partita iva|btw-?|moms|\bnip\b|\bvkn\b|vergi|消費税|ضريبة",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"address|adresse|anschrift|dirección|indirizzo|endereço|sede legale|morada|adres|住所|地址|주소|العنوان|عنوان",
    re.IGNORECASE,
)
_COUNTRY_CODE = re.compile(r"[A-Z]{2}")
_LABELS = (
    ("registrationNumber", _REGISTRATION),
    ("vat", _VAT),
    ("businessName", _BUSINESS_NAME),
)


def field_of_label(label: str) -> str | None:
    """Of the row; None for a line that is not read."""
    words = words_of(label)
    return next((name for name, pattern in _LABELS if pattern.search(words)), None)


def is_address_label(label: str) -> bool:
    return bool(_ADDRESS.search(words_of(label)))


def country_of_lines(lines: list[str]) -> str | None:
    """The last line of an address, where it is a code of two letters; nothing else of it is kept."""
    last = clean_text(lines[-1]) if lines else ""
    return last if _COUNTRY_CODE.fullmatch(last) else None

"""Where a page would be delivered: what the header says of it, and what it changes in an offer."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale as Cldr
from babel import UnknownLocaleError

from sandbox.noise import number_from

REGIONS = 16
ABROAD_DAYS = 9
_CITY_WIDTH = 12


@dataclass(frozen=True, slots=True)
class Place:
    """`code` is "" for a whole country. `shown` is what the header says."""

    country: str
    code: str
    shown: str
    is_abroad: bool = False
    region: int = 0

    @property
    def extra_days(self) -> int:
        """How much later than at home a delivery comes."""
        return ABROAD_DAYS if self.is_abroad else self.region % 4


@dataclass(frozen=True, slots=True)
class PostalForm:
    """How a store's dialogue asks for the place: `fields` are the ids of its inputs."""

    pattern: re.Pattern[str]
    fields: tuple[str, ...] = ("GLUXZipUpdateInput",)
    compact: bool = True
    shown: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Home:
    """A store's own country, and where it delivers to when nobody says."""

    country: str
    code: str
    city: str
    shown: str


_TWO_FIELDS = ("GLUXZipUpdateInput_0", "GLUXZipUpdateInput_1")
_WITH_CITY = ("GLUXPostalCodeWithCity_PostalCodeInput", "GLUXPostalCodeWithCity_DropdownList")


def _form(pattern: str, *, fields: tuple[str, ...] = (), compact: bool = True) -> PostalForm:
    return PostalForm(re.compile(pattern), fields or ("GLUXZipUpdateInput",), compact)


# Where `compact`, spaces and hyphens in what was sent do not matter.
FORMS = {
    "US": PostalForm(re.compile(r"\d{5}(\d{4})?"), shown=lambda code: code[:5]),
    "CA": PostalForm(
        re.compile(r"[A-Z]\d[A-Z] \d[A-Z]\d"),
        _TWO_FIELDS,
        compact=False,
        # The last letter is left away, as the header of the real store does.
        shown=lambda code: code[:6],
    ),
    "MX": _form(r"\d{5}"),
    "BR": _form(r"\d{5}-\d{3}", fields=_TWO_FIELDS, compact=False),
    "GB": PostalForm(
        re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}"),
        shown=lambda code: f"{code[:-3]} {code[-3]}",
    ),
    "IE": PostalForm(
        re.compile(r"[A-Z]\d[\dW][A-Z\d]{4}"), shown=lambda code: f"{code[:3]} {code[3:]}"
    ),
    "DE": _form(r"\d{5}"),
    "FR": _form(r"\d{5}"),
    "IT": _form(r"\d{5}"),
    "ES": _form(r"\d{5}"),
    "NL": PostalForm(re.compile(r"\d{4}([A-Z]{2})?"), shown=lambda c: f"{c[:4]} {c[4:]}".strip()),
    "BE": _form(r"\d{4}"),
    "SE": PostalForm(re.compile(r"\d{5}"), shown=lambda code: f"{code[:3]} {code[3:]}"),
    "PL": PostalForm(re.compile(r"\d{5}"), shown=lambda code: f"{code[:2]}-{code[2:]}"),
    "TR": _form(r"\d{5}"),
    "IN": _form(r"\d{6}"),
    "JP": _form(r"\d{3}-\d{4}", fields=_TWO_FIELDS, compact=False),
    "SG": _form(r"\d{6}"),
    "AU": _form(r"\d{4}", fields=_WITH_CITY),
    "ZA": _form(r"\d{4}"),
}
# These ask for a city and a district.
AREA_FIELDS = ("GLUXCitySelect", "GLUXDistrictSelect")

HOMES = {
    "amazon.com": Home("US", "10001", "New York", "New York 10001"),
    "amazon.ca": Home("CA", "M5H 2N2", "Toronto", "Toronto M5H"),
    "amazon.com.mx": Home("MX", "06500", "Ciudad de México", "Ciudad de México 06500"),
    "amazon.com.br": Home("BR", "01310-000", "São Paulo", "São Paulo 01310"),
    "amazon.co.uk": Home("GB", "EC1A1BB", "London", "London EC1A 1"),
    "amazon.ie": Home("IE", "D01F5P2", "Dublin", "Dublin"),
    "amazon.de": Home("DE", "10115", "Berlin", "10115 Berlin"),
    "amazon.fr": Home("FR", "75001", "Paris", "75001 Paris"),
    "amazon.it": Home("IT", "00184", "Roma", "00184 Roma"),
    "amazon.es": Home("ES", "28001", "Madrid", "28001 Madrid"),
    "amazon.nl": Home("NL", "1012", "Amsterdam", "1012 Amsterdam"),
    "amazon.com.be": Home("BE", "1000", "Brussel", "1000 Brussel"),
    "amazon.se": Home("SE", "11120", "Stockholm", "111 20 Stockholm"),
    "amazon.pl": Home("PL", "00001", "Warszawa", "00-001 Warszawa"),
    "amazon.com.tr": Home("TR", "34000", "İstanbul", "İstanbul 34000"),
    "amazon.ae": Home("AE", "", "Dubai", "Dubai"),
    "amazon.sa": Home("SA", "", "الرياض", "الرياض"),
    "amazon.eg": Home("EG", "", "القاهرة", "القاهرة"),
    "amazon.in": Home("IN", "560001", "Bengaluru", "Bengaluru 560001"),
    "amazon.co.jp": Home("JP", "100-0001", "", "100-0001"),
    "amazon.sg": Home("SG", "018956", "Singapore", "Singapore 018956"),
    "amazon.com.au": Home("AU", "2000", "Sydney", "Sydney 2000"),
    "amazon.co.za": Home("ZA", "8001", "Cape Town", "Cape Town 8001"),
}
_CODE_FIRST = frozenset({"DE", "FR", "IT", "ES", "NL", "BE", "SE", "PL"})
# By the code's first digit.
_CITIES_BY_DIGIT = {
    "US": (
        *("Boston", "New York", "Washington", "Atlanta", "Columbus"),
        *("Minneapolis", "Chicago", "Houston", "Denver", "Los Angeles"),
    ),
    "DE": (
        *("Dresden", "Berlin", "Hamburg", "Hannover", "Düsseldorf"),
        *("Köln", "Frankfurt am Main", "Stuttgart", "München", "Nürnberg"),
    ),
    "MX": (
        *("Ciudad de México", "Morelia", "Puebla", "Ciudad Juárez", "Guadalajara"),
        *("Toluca", "Monterrey", "Chilpancingo", "Hermosillo", "Veracruz"),
    ),
}
_CITIES = {
    "GB": ("Leeds", "Bristol", "Glasgow"),
    "CA": ("Montréal", "Vancouver", "Calgary"),
    "BR": ("Porto Alegre", "Recife", "Rio de Janeiro"),
    "FR": ("Lyon", "Lille", "Marseille"),
    "IT": ("Milano", "Napoli", "Torino"),
    "ES": ("Sevilla", "Bilbao", "Valencia"),
    "JP": ("市川南", "大阪市", "札幌市"),
    "IN": ("Mumbai", "Delhi", "Chennai"),
    "AU": ("Perth", "Hobart", "Brisbane"),
}


def home_place(site: str) -> Place:
    home = HOMES[site]
    return Place(home.country, home.code, home.shown)


def normal_code(country: str, text: str) -> str | None:
    """The code as the store keeps it, or None where its dialogue does not know such a code."""
    form = FORMS.get(country)
    if form is None:
        return None
    code = text.strip().upper()
    if form.compact:
        code = code.replace(" ", "").replace("-", "")
    if not form.pattern.fullmatch(code) or set(code) <= set("9- "):
        return None
    return code


@lru_cache(maxsize=4096)
def place_for(site: str, language: str, country: str, code: str) -> Place:
    """`code` in the store's own form; a country without a code is named in the page's language."""
    home = HOMES[site]
    is_abroad = country != home.country
    if not code:
        return Place(country, "", country_name(country, language), is_abroad=is_abroad)
    shown = FORMS[country].shown(code) if country in FORMS else code
    city = _city(home, country, code)
    words = (shown, city) if country in _CODE_FIRST else (city, shown)
    name = " ".join(word for word in words if word)
    region = 0 if is_abroad else _region(code, home.code)
    return Place(country, code, name, is_abroad=is_abroad, region=region)


def country_name(country: str, language: str) -> str:
    try:
        names = Cldr.parse(language, sep="_").territories
    except UnknownLocaleError:
        names = Cldr("en").territories
    return str(names.get(country, country))


def is_country(text: str) -> bool:
    return len(text) == 2 and text.isalpha() and text in Cldr("en").territories


def _region(code: str, home_code: str) -> int:
    """Codes of one district share their offers; the store's home is region 0."""
    districts = number_from("offers", code[:3]), number_from("offers", home_code[:3])
    return (districts[0] - districts[1]) % REGIONS


def _city(home: Home, country: str, code: str) -> str:
    if country == home.country and code[:2] == home.code[:2]:
        return home.city
    digits = _CITIES_BY_DIGIT.get(country)
    if digits and code[0].isdigit():
        city = digits[int(code[0])]
    else:
        names = _CITIES.get(country, (home.city,))
        city = names[number_from(code[:2]) % len(names)]
    return city if len(city) <= _CITY_WIDTH else f"{city[:9]}..."

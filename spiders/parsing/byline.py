from __future__ import annotations

import re
from urllib.parse import unquote

from spiders.parsing.addresses.links import parts_of_link
from spiders.parsing.text import clean_text, words_of

# What Amazon writes around a brand's name under the title, language by language.
_FRAMES = tuple(
    re.compile(frame, re.IGNORECASE)
    for frame in (
        r"^(?:visit|shop) the (?P<brand>.+?) (?:store|storefront|page|shop)$",
        r"^(?:besuche|besuchen? sie) den (?P<brand>.+?)[- ](?:store|shop)$",
        r"^(?P<brand>.+?)[- ](?:store|shop) besuchen$",
        r"^besuchen? (?:sie )?den (?:store|shop) von (?P<brand>.+)$",
        r"^(?:visite[rz]?|consulte[rz]|voir|découvre[rz]) la boutique (?:de |d['’])?(?P<brand>.+)$",
        r"^(?:visita|visitar|visite) la (?:tienda|store) (?:de |di )?(?P<brand>.+)$",
        r"^visita (?:lo store|la store|il negozio) (?:di )?(?P<brand>.+)$",
        r"^(?:visite|visitar|visita) a loja (?:da |do |de )?(?P<brand>.+)$",
        r"^(?:bezoek|naar) de (?P<brand>.+?)[- ](?:store|winkel)$",
        r"^besök (?:butiken )?(?P<brand>.+?)(?:[- ](?:store|butik|butiken))?$",
        r"^odwiedź (?:sklep (?:marki )?|markę )(?P<brand>.+)$",
        r"^(?P<brand>.+?) (?:mağazası['’]?nı|store['’]u) ziyaret edin$",
        r"^(?P<brand>.+?)\s*(?:の)?ストアを(?:表示|見る|訪問|訪れる)$",
        r"^(?:访问|前往|瀏覽|浏览|造訪)\s*[“\"「]?(?P<brand>.+?)[”\"」]?\s*(?:品牌旗舰店|旗舰店|旗艦店|商店|店铺|店鋪)$",
        r"^(?P<brand>.+?)\s*(?:스토어 방문(?:하기)?|스토어를 방문하세요)$",
        r"^(?:(?:قم|تفضل) بزيارة متجر|زيارة متجر|تسوق من متجر)\s*(?P<brand>.+)$",
        r"^(?P<brand>.+?)(?: क[ेी])? स्टोर पर जा[एऐ]ँ?ं?$",
        r"^विज़िट करें (?P<brand>.+?) (?:स्टोर|store) पर$",
        r"^(?P<brand>.+?) स्टोअरला भेट द्या$",
        r"^(?:בקרו? בחנות|לחנות) (?:של )?(?P<brand>.+)$",
        r"^navštivte obchod (?:značky )?(?P<brand>.+)$",
        r"^besøg (?P<brand>.+?)[- ](?:butikken|butik|store)$",
        r"^(?P<brand>.+?) (?:ஸ்டோரைப் பார்வையிடவும்|స్టోర్.{0,3}ను సందర్శించండి|ಸ್ಟೋರ್.{0,3}ಗೆ ಭೇಟಿ ನೀಡಿ|സ്റ്റോർ സന്ദർശിക്കുക|স্টোর দেখুন)$",
        r"^(?:brand|marke|marque|marca|merk|varumärke|märke|marka|ブランド|品牌|브랜드|العلامة التجارية|ماركة|الماركة|ब्रांड|ब्रँड|značka|mærke"
        r"|מותג|பிராண்ட்|బ్రాండ్|ಬ್ರ್ಯಾಂಡ್|ബ്രാൻഡ്|ব্র্যান্ড)\s*[:：]\s*(?P<brand>.+)$",
    )
)
# "(em Espanhol)": a note on the store's language, on translated pages.
_LANGUAGE_NOTE = re.compile(r"\s*\((?:in|en|em|auf|på|w|v)\s+[^()]+\)$", re.IGNORECASE)

_NOT_WRITTEN_BY = re.compile(
    r"editor|éditeur|herausgeber|redakt|redactor|publisher|tradu[ct]|translat|übersetz|vertal|tłumacz|översätt|çevir|訳|翻訳|编辑|译"
    r"|narrat|erzähl|sprecher|reader|lector|lettore|ナレーター|préface|foreword|vorwort|prólogo|introdu|curatore|a cura|düzenle|المترجم|مترجم",
    re.IGNORECASE,
)


def brand_from_byline(text: str | None) -> str | None:
    """The brand inside "Visit the X Store" and "Brand: X"; the bare text when nothing frames it."""
    line = _LANGUAGE_NOTE.sub("", clean_text(text))
    for frame in _FRAMES:
        if match := frame.match(line):
            return match.group("brand").strip() or None
    return line or None


def is_framed_byline(text: str | None) -> bool:
    line = _LANGUAGE_NOTE.sub("", clean_text(text))
    return any(frame.match(line) for frame in _FRAMES)


def brand_from_store_url(url: str | None) -> str | None:
    """`/stores/<Brand>/page/…`; the slug has hyphens for blanks, so it is the last resort."""
    parts = [part for part in parts_of_link(url).path.split("/") if part]
    if len(parts) < 2 or parts[0] != "stores" or parts[1] == "page":
        return None
    return clean_text(unquote(parts[1]).replace("-", " ")) or None


def is_author_role(contribution: str | None) -> bool:
    """Authors and illustrators; not editors, translators, narrators. No role means author."""
    return not _NOT_WRITTEN_BY.search(words_of(contribution))

"""What the lines of details tables are called, in the languages Amazon speaks.

Compared case-folded and without marks at the end. Only whole names count: "Batteries included"
is not "Batteries", and a maker's "reference" is not the reference price.
"""

from __future__ import annotations

from spiders.parsing.text import clean_text

_NAMES: dict[str, str] = {
    "brand": "brand|brand name|marke|markenname|marque|nom de marque|marca|nombre de la marca|nome del marchio"
    "|nome della marca|nome da marca|merk|merknaam|märke|varumärke|marka|nazwa marki|marka adı|ブランド|ブランド名|メーカーブランド"
    "|品牌|品牌名|브랜드|العلامة التجارية|اسم العلامة التجارية|ब्रांड|značka|brandnavn|mærke|מותג",
    "manufacturer": "manufacturer|hersteller|fabricant|fabricante|produttore|fabbricante|produtor|fabrikant|tillverkare"
    "|producent|üretici|メーカー|メーカー名|製造元|制造商|製造商|제조사|제조업체|الشركة المصنعة|الشركة المصنّعة|निर्माता"
    "|výrobce|producer|יצרן|उत्पादक",
    "model_number": "item model number|model number|modellnummer|artikelmodellnummer|modell-/produktnummer|numéro de modèle"
    "|numéro du modèle de l'article|número de modelo del producto|número de modelo|numero modello articolo|numero di modello"
    "|número do modelo|número do modelo do produto|referência do fabricante|modelnummer item|modelnummer|modellnummer för artikeln|artikelns modellnummer"
    "|numer modelu|numer modelu produktu|model numarası|ürün model numarası|型番|製品型番|商品型号|型号|모델 번호|품목 모델 번호|رقم الموديل"
    "|رقم موديل السلعة|رقم طراز السلعة|मॉडल नंबर|आइटम मॉडल नंबर|modelové číslo|referencia del fabricante|référence du fabricant|riferimento produttore"
    "|herstellerreferenz|número de modelo do item|número de modelo del artículo|número do modelo do item",
    "part_number": "manufacturer part number|part number|mpn|mfr part number|teilenummer|herstellernummer|artikelnummer"
    "|référence fabricant|número de pieza|número de pieza del fabricante|numero pezzo|codice articolo del produttore|número da peça"
    "|número da peça do fabricante|onderdeelnummer|onderdeelnummer fabrikant|artikelnummer hos tillverkaren|numer części"
    "|numer części producenta|parça numarası|üretici parça numarası|メーカー型番|零件编号|رقم القطعة",
    "weight": "item weight|weight|artikelgewicht|gewicht|poids de l'article|poids de l’article|poids du produit|poids|peso del producto|peso del artículo"
    "|peso articolo|peso dell'articolo|peso do produto|peso do item|peso|gewicht item|itemgewicht|artikelvikt|vikt|waga produktu|waga przedmiotu|waga"
    "|ürün ağırlığı|parça ağırlığı|ağırlık|商品の重量|製品の重量|梱包重量|重量|商品重量|상품 무게|وزن السلعة|وزن المنتج|आइटम का वजन|hmotnost",
    "dimensions": "product dimensions|item dimensions l x w x h|item dimensions|package dimensions|parcel dimensions|dimensions"
    "|item dimensions lxwxh|product dimensions l x w x h|item dimensions d x w x h|produktabmessungen|artikelabmessungen l x b x h|verpackungsabmessungen|dimensions du produit"
    "|dimensions de l'article (l x l x h)|dimensions du colis|dimensions de l'article|dimensiones del producto|dimensiones del artículo largo x ancho x alto"
    "|dimensiones del artículo|dimensiones del paquete|dimensioni prodotto|dimensioni articolo l x p x a|dimensioni del collo|dimensões do produto"
    "|dimensões do item|dimensões da embalagem|productafmetingen|artikelafmetingen l x b x h|verpakkingsafmetingen|produktmått|artikelns mått|förpackningens mått"
    "|wymiary produktu|wymiary przedmiotu (dł. x szer. x wys.)|wymiary opakowania|ürün boyutları|paket boyutları|梱包サイズ|製品サイズ|商品の寸法 奥行き × 幅 × 高さ"
    "|商品尺寸|包装尺寸|أبعاد المنتج|أبعاد السلعة|الأبعاد|الحزمة الأبعاد|उत्पाद के आयाम|पैकेज के आयाम",
    "date_first_available": "date first available|im angebot von amazon.de seit|date de mise en ligne sur amazon.fr|date de mise en ligne sur amazon"
    "|producto en amazon.es desde|producto en amazon.com.mx desde|disponible en amazon desde|disponibile su amazon.it a partire dal|disponível para compra desde"
    "|disponível na amazon desde|disponível desde|disponível em amazon desde|datum eerste beschikbaarheid|första tillgängliga datum|data pierwszej dostępności"
    "|satışa sunulduğu i̇lk tarih|satışa sunulduğu ilk tarih|amazon.co.jp での取り扱い開始日|取り扱い開始日|发售日|تاريخ توفر أول منتج|تاريخ أول توفر"
    "|तारीख से उपलब्ध|date de première mise en ligne|date d'ajout sur amazon.fr|erstmals verfügbar|data della prima disponibilità|data da primeira disponibilidade"
    "|primera fecha disponible|fecha en que estuvo disponible por primera vez|data em que foi disponibilizado pela primeira vez",
    "release_date": "発売日|release date|publication date|date de publication|erscheinungsdatum",
    "country_of_origin": "country of origin|country/region of origin|ursprungsland|herkunftsland|pays d'origine|pays d’origine|país de origen|país de producto"
    "|paese di origine|paese d'origine|país de origem|land van herkomst|kraj pochodzenia|menşe ülke|menşei ülke|menşei|原産国|原産国/地域|生産国|产地|原产国|원산지|بلد المنشأ|मूल देश|země původu",
    "upc": "upc|كود المنتج العالمي",
    "ean": "ean|código ean|europäische artikelnummer",
    "gtin": "gtin|global trade identification number|global trade item number|globale handelsidentifikationsnummer",
    "isbn10": "isbn-10|isbn10",
    "isbn13": "isbn-13|isbn13",
    "asin": "asin",
}  # fmt: skip
_CONCEPTS = {name: concept for concept, names in _NAMES.items() for name in names.split("|")}


def attribute_concept(name: str) -> str | None:
    """`brand`, `weight` …, or None for a line without a field of its own."""
    folded = clean_text(name).strip(" :").casefold().replace("i̇", "i")
    return _CONCEPTS.get(folded)

"""What the lines of details tables are called, in the languages Amazon speaks.

Compared case-folded and without marks at the end. Only whole names count: "Batteries included"
is not "Batteries", and a maker's "reference" is not the reference price.
"""

from __future__ import annotations

import re
from functools import lru_cache

from spiders.parsing.text import words_of

_NAMES: dict[str, str] = {
    "brand": "brand|brand name|brand, seller, or collection name|marke|markenname|marque|nom de marque|marca|nombre de la marca|nome del marchio"
    "|nome della marca|nome da marca|merk|merknaam|märke|varumärke|marka|nazwa marki|marka adı|ブランド|ブランド名|メーカーブランド"
    "|品牌|品牌名|브랜드|العلامة التجارية|اسم العلامة التجارية|ब्रांड|značka|brandnavn|mærke|מותג"
    "|nom de la marque|nome marca|varumärkesnamn|브랜드 이름|브랜드명|ब्रांड का नाम|název značky|mærkenavn|שם המותג|brand naam|nazwa marki produktu|品牌名称|品牌名稱",
    "manufacturer": "manufacturer|hersteller|fabricant|fabricante|produttore|fabbricante|produtor|fabrikant|tillverkare"
    "|producent|üretici|メーカー|メーカー名|製造元|制造商|製造商|제조사|제조업체|الشركة المصنعة|الشركة المصنّعة|निर्माता"
    "|výrobce|producer|יצרן|उत्पादक"
    "|المُصنِّع|المصنع|الشركة المصنعه|メーカー名 (製造元)|maker|fabrikant naam|הַיַצרָן|उत्पादक का नाम",
    "model_number": "item model number|model number|modellnummer|artikelmodellnummer|modell-/produktnummer|numéro de modèle"
    "|numéro du modèle de l'article|número de modelo del producto|número de modelo|numero modello articolo|numero di modello"
    "|número do modelo|número do modelo do produto|referência do fabricante|modelnummer item|modelnummer|modellnummer för artikeln|artikelns modellnummer"
    "|numer modelu|numer modelu produktu|model numarası|ürün model numarası|型番|製品型番|商品型号|型号|모델 번호|품목 모델 번호|رقم الموديل"
    "|رقم موديل السلعة|رقم طراز السلعة|मॉडल नंबर|आइटम मॉडल नंबर|modelové číslo|referencia del fabricante|référence du fabricant|riferimento produttore"
    "|herstellerreferenz|número de modelo do item|número de modelo del artículo|número do modelo do item"
    "|numéro du modèle|numero modello|numero del modello|商品モデル番号|モデル番号|referência do modelo|आइटम का मॉडल नंबर|型號|商品型號|型号编号|číslo modelu|číslo modelu položky"
    "|modelnummer for vare|varens modelnummer|מספר דגם|מספר דגם הפריט|numéro de modèle de l'article|modelnummer van artikel|artikelmodelnummer"
    "|numero di modello articolo|modelo del producto número|رقم موديل المنتج|رقم نموذج السلعة|품목모델번호|모델명(품번)",
    "part_number": "manufacturer part number|item part number|part number|mpn|mfr part number|teilenummer|herstellernummer|artikelnummer"
    "|référence fabricant|número de pieza|número de pieza del fabricante|numero pezzo|codice articolo del produttore|número da peça"
    "|número da peça do fabricante|onderdeelnummer|onderdeelnummer fabrikant|artikelnummer hos tillverkaren|numer części"
    "|numer części producenta|parça numarası|üretici parça numarası|メーカー型番|零件编号|رقم القطعة"
    "|herstellerteilenummer|numéro de pièce|numéro de pièce du fabricant|numéro de la pièce|numero di parte|numero parte del produttore"
    "|numero parte produttore|fabrikantonderdeelnummer|onderdeelnummer van fabrikant|tillverkarens artikelnummer|tillverkarens delnummer|delnummer|部品番号"
    "|número de peça do fabricante|رقم الجزء المصنع|رقم قطعة الشركة المصنعة|पार्ट नंबर|부품 번호|제조업체 부품 번호|部件号|制造商零件编号|製造商零件編號|číslo dílu|číslo dílu výrobce"
    "|delnummer fra producent|מספר חלק|מספר חלק של היצרן",
    "weight": "item weight|weight|artikelgewicht|gewicht|poids de l'article|poids de l’article|poids du produit|poids|peso del producto|peso del artículo"
    "|peso articolo|peso dell'articolo|peso do produto|peso do item|peso|gewicht item|itemgewicht|artikelvikt|vikt|waga produktu|waga przedmiotu|waga"
    "|ürün ağırlığı|parça ağırlığı|ağırlık|商品の重量|製品の重量|梱包重量|重量|商品重量|상품 무게|وزن السلعة|وزن المنتج|आइटम का वजन|hmotnost"
    "|peso prodotto|peso del articolo|gewicht van artikel|gewicht van het artikel|masa produktu|waga artykułu|आइटम का वज़न|आइटम वजन|품목 무게|제품 무게|무게"
    "|hmotnost položky|hmotnost produktu|varens vægt|vægt|משקל פריט|משקל הפריט|משקל|重量(克)|产品重量|商品净重|本体重量|artikelns vikt|produktvikt|product weight"
    "|unit weight",
    "dimensions": "product dimensions|größe und/oder gewicht|abmessungen|item dimensions l x w x h|item dimensions|package dimensions|parcel dimensions|dimensions"
    "|item dimensions lxwxh|product dimensions l x w x h|item dimensions d x w x h|produktabmessungen|artikelabmessungen l x b x h|verpackungsabmessungen|dimensions du produit"
    "|dimensions de l'article (l x l x h)|dimensions du colis|dimensions de l'article|dimensiones del producto|dimensiones del artículo largo x ancho x alto"
    "|dimensiones del artículo|dimensiones del paquete|dimensioni prodotto|dimensioni articolo l x p x a|dimensioni del collo|dimensões do produto"
    "|dimensões do item|dimensões da embalagem|productafmetingen|artikelafmetingen l x b x h|verpakkingsafmetingen|produktmått|artikelns mått|förpackningens mått"
    "|wymiary produktu|wymiary przedmiotu (dł. x szer. x wys.)|wymiary opakowania|ürün boyutları|paket boyutları|梱包サイズ|製品サイズ|商品の寸法 奥行き × 幅 × 高さ"
    "|商品尺寸|包装尺寸|أبعاد المنتج|أبعاد السلعة|الأبعاد|الحزمة الأبعاد|उत्पाद के आयाम|पैकेज के आयाम"
    "|paketabmessungen|produktabmessungen (l x b x h)|dimensioni del prodotto|dimensioni della confezione|dimensioni collo|afmetingen verpakking"
    "|afmetingen van product|artikelafmetingen|artikelabmessungen|artikelmått|produktens mått|paketmått|wymiary przedmiotu|商品寸法|本体サイズ|商品の寸法|أبعاد الطرد"
    "|أبعاد الحزمة|أبعاد السلعة الطول × العرض × الارتفاع|제품 크기|상품 크기|포장 크기|产品尺寸|產品尺寸|包裹尺寸|包裝尺寸|rozměry produktu|rozměry položky|rozměry balení|produktmål"
    "|varens mål|pakkens mål|מידות המוצר|מידות הפריט|מידות החבילה|dimensions de l’article|dimensioni articolo|dimensioni dell'articolo",
    "date_first_available": "date first available|first available on amazon|im angebot von amazon.de seit|date de mise en ligne sur amazon.fr|date de mise en ligne sur amazon"
    "|producto en amazon.es desde|producto en amazon.com.mx desde|disponible en amazon desde|disponibile su amazon.it a partire dal|disponível para compra desde"
    "|disponível na amazon desde|disponível desde|disponível em amazon desde|datum eerste beschikbaarheid|första tillgängliga datum|data pierwszej dostępności"
    "|satışa sunulduğu i̇lk tarih|satışa sunulduğu ilk tarih|amazon.co.jp での取り扱い開始日|取り扱い開始日|发售日|تاريخ توفر أول منتج|تاريخ أول توفر"
    "|तारीख से उपलब्ध|date de première mise en ligne|date d'ajout sur amazon.fr|erstmals verfügbar|data della prima disponibilità|data da primeira disponibilidade"
    "|primera fecha disponible|fecha en que estuvo disponible por primera vez|data em que foi disponibilizado pela primeira vez"
    "|date first available at amazon|date first listed on amazon|date first available on amazon|im angebot von amazon seit|verkrijgbaar op amazon sinds"
    "|tillgänglig på amazon sedan|producto en amazon desde|disponibile su amazon a partire dal|fecha de disponibilidad|تاريخ توفر المنتج لأول مرة"
    "|पहली बार उपलब्ध होने की तारीख|최초 판매일|최초 출시일|처음 판매 날짜|首次上架日期|上架时间|上架日期|datum prvního uvedení|první dostupné datum|datum for første tilgængelighed"
    "|dato for første tilgængelighed|תאריך זמינות ראשונה|תאריך זמינות ראשון|data de disponibilidade|amazon での取り扱い開始日|amazonでの取り扱い開始日|date added to amazon"
    "|primeira data disponível|primeira data de disponibilidade|data de lançamento na amazon|primera fecha de disponibilidad|primera disponibilidad|première date de disponibilité"
    "|date de première disponibilité|date de disponibilité|prima data disponibile|prima data di disponibilità|data di prima disponibilità|erstes verfügbares datum|erstmals erhältlich"
    "|datum der ersten verfügbarkeit|seit wann im angebot|eerste beschikbaarheidsdatum|eerste datum beschikbaar|beschikbaar sinds|första tillgänglighetsdatum|datum för första tillgänglighet"
    "|pierwsza data dostępności|data pierwszego udostępnienia|dostępne od|ilk satışa sunulma tarihi|satışa sunulma tarihi|首次可用日期|首次可售日期|首次上市日期|上市日期|최초 구매 가능일|최초 이용 가능일|출시일"
    "|أول تاريخ متاح|تاريخ أول إتاحة|تاريخ التوفر الأول|पहली उपलब्धता की तारीख|पहली बार उपलब्धता|datum první dostupnosti|første tilgængelige dato|תאריך זמין ראשון",
    "release_date": "発売日|release date|publication date|date de publication|erscheinungsdatum",
    "country_of_origin": "country of origin|country/region of origin|ursprungsland|herkunftsland|pays d'origine|pays d’origine|país de origen|país de producto"
    "|paese di origine|paese d'origine|país de origem|land van herkomst|kraj pochodzenia|menşe ülke|menşei ülke|menşei|原産国|原産国/地域|生産国|产地|原产国|원산지|بلد المنشأ|मूल देश|země původu"
    "|paese/regione di origine|menşe ülkesi|原産国名|原産地|país de origem do produto|país/região de origem|país/región de origen|उद्गम देश|생산 국가|제조국|原产国/地区|原產國"
    "|原产地|oprindelsesland|ארץ ייצור|ארץ מקור|ארץ המקור|ארץ מוצא|ursprungsland/-region|herkunftsland/region|pays/région d'origine|land/regio van herkomst"
    "|země/oblast původu|بلد التصنيع",
    "upc": "upc|upcs|upc/ean|upc / ean|upc kodu|código universal de producto|código universal do produto|code universel des produits|code produit universel|universeller produktcode|codice universale del prodotto|universele productcode|uniwersalny kod produktu|upc code|upc-code|código upc|code upc|codice upc|upc-nummer|kod upc|upcコード|upc码|كود المنتج العالمي|universal product code",
    "ean": "ean|eans|ean / upc|ean/upc|ean kodu|رمز ean|barkod|barcode|bar code|strichcode|code-barres|codice a barre|código de barras|streepjescode|streckkod|kod kreskowy|バーコード|europäische artikelnummer (ean)|european article number (ean)|código ean|europäische artikelnummer"
    "|ean-kode|kod ean|código de barras ean|numéro ean|ean-13|ean13|ean code|ean-code|code ean|codice ean|numero ean|ean-nummer|número ean|code-barres ean|ean-kod|eanコード|jan|janコード|jan code"
    "|european article number|international article number|numero di articolo europeo|europejski numer artykułu|europees artikelnummer|numéro d'article européen|ean码|رقم السلعة الأوروبي",
    "gtin": "gtin|gtins|gtin/ean|gtin / ean|globale handelsartikelnummer|globale artikelnummer (gtin)|global trade item number (gtin)|グローバル商品番号|global trade identification number|global trade item number|globale handelsidentifikationsnummer"
    "|gtin-14|numer gtin|globalny numer jednostki handlowej|código gtin|global trade id number|gtin-kod|gtin-13|gtin-12|gtin code|gtin-code|code gtin|codice gtin|gtin-nummer|número global de identificação do item comercial"
    "|número mundial de artículo comercial|número de identificación de comercio global|numéro d'identification du commerce mondial|codice identificativo globale|global handelsidentifieringsnummer|グローバル取引識別番号|全球贸易项目代码|全球交易品項識別代碼|국제 거래 단품 식별 코드|رقم التعريف التجاري العالمي",
    "isbn10": "isbn-10|isbn10|isbn 10",
    "isbn13": "isbn-13|isbn13|isbn 13",
    "asin": "asin",
}  # fmt: skip
_STORE = re.compile(r"amazon\.[a-z]{2,3}(?:\.[a-z]{2})?")
# "L x W x H", "(dł. x szer. x wys.)", ": largo x ancho x alto".
_MEASURES = re.compile(r"[\s:,(]*\b[^\W\d]{1,7}\.?(?:\s?[x×*]\s?[^\W\d]{1,7}\.?){1,3}\)?$")


@lru_cache(maxsize=2048)
def attribute_concept(name: str) -> str | None:
    """`brand`, `weight` …, or None for a line without a field of its own."""
    folded = _folded(name)
    return _CONCEPTS.get(folded) or _CONCEPTS.get(_MEASURES.sub("", folded))


def _folded(name: str) -> str:
    plain = words_of(name).strip(" :：").casefold().replace("i̇", "i").replace("’", "'")
    return _STORE.sub("amazon", plain)


_CONCEPTS = {_folded(name): key for key, names in _NAMES.items() for name in names.split("|")}

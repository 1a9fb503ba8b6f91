"""What the words around a price make of it: an instalment, a price for members, one way to pay."""

from __future__ import annotations

import re

from spiders.parsing.numbers import with_ascii_digits
from spiders.parsing.phrases import Phrases
from spiders.parsing.text import words_of

# Said before an instalment's amount.
_BEFORE_INSTALMENT = Phrases(
    r"\d\s*[x×]\s*(?:de|d['’]|à|of|von|zu|da|di|van|av|po|za|com)?\s*$|(?:^|\W)(?:em até|até|em|hasta|jusqu['’]à|up to|bis zu|fino a|tot|upp till)\s*\d+\s*[x×]"
    r"|\d+\s*(?:meses|mensualidades|cuotas|pagos|plazos|parcelas|prestações|(?:interest[- ]free |equal |monthly )?(?:payments?|instal+ments?)|monthly|months?|mois|mensualités|versements|(?:monatliche[nr]? |gleiche[nr]? )?raten|monatsraten|monate\w*|rate|mesi|mensilità|termijnen|maanden|maandelijkse|månader|delbetalningar"
    r"|zahlungen|zinslose zahlungen|zinsfreie zahlungen|paiements|pagamenti|betalingen|betalningar|räntefria betalningar|aya varan taksit\w*|回払い|دفعات"
    r"|rat\b|raty|miesi\w*|taksit|ay|回|か月|ヶ月|カ月|期|个月|個月|개월|أقساط|قسط\w*|شهر\w*|أشهر|תשלומים|חודשים|किस्त\w*|महीन\w*|தவணை\S*|వాయిదా\S*|splátek|rater|installments?|instalments?|payments?)(?!\w).{0,24}$"
    r"|\ben \d+ fois(?!\w).{0,16}$|\bin \d+ (?:gelijke )?delen(?!\w).{0,16}$"
    r"|\b(?:emi|financing|ratenzahlung|mensualité|rata|rate mensili|aylık|月々|分割(?:払い)?|分期|每期|每月|월|할부)\b.{0,16}$|(?:月々|分割|分期|每期|每月|할부)\S*.{0,12}$",
)  # fmt: skip
# Said after it, or in place of its unit.
_AFTER_INSTALMENT = Phrases(
    r"^\W*(?:[x×]\s*\d+|(?:a|per|each|every|pro|im|par|al?|por|per|per il|i|za|na|प्रति)?\s*(?:month(?!['’]?s?[- ]supply)|mo\b|monat(?:e|en|s|lich\w*|srate\w*)?\b|mois\b(?! de )|mes\b(?! de (?:uso|sumin))|mese\b(?! di )|mês\b(?! de )|maand(?:en|elijks\w*)?\b|månad(?:er|en|svis)?\b|mån\b\.?|miesiąc\w*|miesięcz\w*|mies\b|mc\b|ay\b|月|か月|个月|個月|월|개월|شهر\w*|חודש|माह|महीन\w*|மாத\S*|నెల\S*|ತಿಂಗಳ\S*|മാസ\S*|মাস\S*|měsíc\w*|måned\w*))"
    r"|^\W*(?:في الشهر|بالشهر)|^\W*(?:sem juros|sin intereses|sans frais|con intereses|com juros|interest[- ]free|no interest|zinsfrei|senza interessi|faizsiz|بدون فوائد)"
    r"|^\W*(?:[x×]\s*)?\(?\d+\s*(?:x\b|meses|months|monate|mois|mesi|maanden|taksit|回|期|개월)",
)  # fmt: skip
# Each text of the two questions holds one of these.
_PRIME_NAMES = ("prime", "プライム", "برايم", "प्राइम", "프라임")
_FOR_SOME_ALONE = (*_PRIME_NAMES, "pix", "boleto")
_LEADS_ON = Phrases(
    r"(?:\b(?:de|d|à|of|zu|je|da|von|di|van|av|po|za|com|at|from|ab)|每期|月々|每月|من|का|की)\W*$",
)
_PRIME = Phrases(r"(?<![a-z])prime|プライム|برايم|प्राइम|프라임")
_MEMBERS_PRICE = Phrases(
    r"exclusi|exklusiv|esclusiv|wyłączn|özel|限定|専用|专享|專享|专属|專屬|حصري|전용|בלעדי|only|uniquement|réservé|solo para|nur für|alleen voor|endast|tylko|apenas para|विशेष|एक्सक्लूसिव"
    r"|member|mitglied|membre|miembro|socio|membro|iscritti|abbonat|lid\b|leden|medlem|członk|üye|会員|会员|會員|عضو|أعضاء|회원|सदस्य"
    r"|\bprice|preis\b|\bprix\b|\bprezzo\b|\bprecio\b|\bpreço\b|\bprijs\b|\bpris\b|\bcena\b|fiyat|価格|价|價|سعر|가격|कीमत"
    r"|^\W*(?:with|mit|avec|con|com(?: o)?|met|med|z|z usługą|مع|加入)\s+(?:amazon )?prime\W*$|^prime(?: ile|で|会员价| 加入)\W*$",
)  # fmt: skip
_PRICE_WORD = (
    r"(?:price|pricing|precio|prix|preis|prezzo|preço|prijs|pris|cena|fiyat[ıi]?|価格|特价|特價|价格|價格|가격|سعر|कीमत|मूल्य|מחיר"
    r"|deal|oferta|offre|angebot|offerta|erbjudande|aanbieding|fırsat[ıi]?|tilbud|セール|特選タイムセール|savings)"
)
_MEMBERS_OFFER = Phrases(
    rf"\b(?:exclusive|exclusiv[eoa]s?|esclusiv[oaie]|exklusiv\w*|exclusief|wyłączn\w*|özel|exkluzivn\w*|eksklusiv\w*)\b[^.]{{0,24}}\bprime\b"
    rf"|\bprime\b[- ]?(?:members?[- ])?(?:exclusive|exclusiv|exclusie|exklusiv|eksklusiv)"
    rf"|\bprime\b[- ]?(?:members?[- ]|üyelerine özel |mitglieder[- ]|early access )?{_PRICE_WORD}|{_PRICE_WORD}\s+(?:\w+\s+){{0,3}}prime\b|プライム会員(?:限定|様限定|価格|特別)|Prime会员(?:专享|价)|프라임 (?:회원 )?(?:전용|가격|특가)|سعر (?:أعضاء )?برايم",
)  # fmt: skip
_MAX_MEMBERS_PRICE_LENGTH = 60
# An offer to become a member, delivery for members and a day of deals are no price for members.
_OTHER_PRIME = Phrases(
    r"join|try prime|beitreten|testen|rejoin|essayez|únete|prueba|assine|experimente|iscriviti|prova|word lid|probeer|gå med|prova på|dołącz|wypróbuj|üye ol|dene\b|登録|体験|加入|试用|試用|اشترك|انضم|가입"
    r"|deliver|shipping|livraison|lieferung|versand|entrega|envío|envio|consegna|spedizione|bezorg|leverans|dostaw|teslimat|kargo|配送|お届け|توصيل|شحن|배송|डिलीवरी"
    r"|deal|day\b|days\b|angebot|offerte?\b|oferta|aanbieding|erbjudande|fırsat|セール|\bfrakt|day|video|music|reading|gaming|student",
)  # fmt: skip
_ONE_WAY_TO_PAY = Phrases(r"\b(?:pix|boleto)\b")
# "Save 5 % more with Pix" speaks of a price that is not the one shown.
_MORE_OFF = Phrases(r"economiz|ganhe|adicional|extra|mais \d")
_SUBSCRIPTION = Phrases(
    r"subscribe|spar-?abo|abonnez|prévoyez|suscr[íi]b|suscripción|iscriviti|abbonati|定期|abonneer|prenumerera|subskrybuj|abone ol|programe e|assine|اشترك|订阅|訂閱|정기",
)
_BUY = Phrases(
    r"\bto (?:buy|own|purchase)\b|\bbuy(?: for| it)?\b|kauf|\bachat|\bacheter|\bc[oó]mpr|\bacquist|\bkoop|\bkope|\bköp|\bkup|\bzakup|satın al|購入|买|購買|购买|買う|구매|شراء|اشتر|לרכיש|לקני|ख़?रीद|खरेदी|வாங்க|కొన|ಖರೀದಿ|വാങ്ങ|কিন|\bkoup|\bkøb",
)
_OR = Phrases(
    r"^\W*(?:or|oder|ou|o|oppure|of|eller|lub|albo|veya|ya da|또는|أو|או|या|किंवा|அல்லது|లేదా|ಅಥವಾ|അല്ലെങ്കിൽ|অথবা|nebo)(?!\w)|^\W*(?:または|もしくは|或者?)",
)
_STARTS_WITH_PRICE = re.compile(r"^(?:[A-Za-z]{0,3}[$€£¥\uffe5₹₺₩₪]|[A-Z]{3}(?=\s?\d))?\s?\d")
_FROM_WORDS = r"(?:^|\W)(?:from|ab|à partir de|dès|desde|a partir de|a partire da|da|vanaf|från|fr\.|od|başlayan fiyatlarla|ابتداء من|من|starting at|से शुरू|des|起价|起價|(?:החל )?מ[-־]?)"
_FROM = Phrases(rf"{_FROM_WORDS}\s*:?$")
# Languages that say it after the price.
_FROM_WORDS_AFTER = r"(?:から|より|부터|起(?!来)|['’]?[dt][ea]n başlayan|से शुरू|पासून)"
_FROM_AFTER = Phrases(rf"^{_FROM_WORDS_AFTER}")
_FROM_ANYWHERE = Phrases(rf"{_FROM_WORDS}(?!\w)|{_FROM_WORDS_AFTER}")
# Its last words in languages that need no other letters.
_PLAIN_FROM_WORDS = frozenset({"from", "ab", "de", "desde", "da", "vanaf", "fr", "od", "at", "des"})
_PLAIN_WORD = re.compile(r"[a-z]+")
_IN_CART = Phrases(
    r"(?:price|product details?).{0,40}\b(?:cart|basket)|(?:cart|basket).{0,40}\bprice|preis.{0,60}(?:einkaufswagen|warenkorb)|(?:einkaufswagen|warenkorb).{0,60}preis|prix.{0,60}panier|panier.{0,60}prix"
    r"|precio.{0,60}(?:carrito|cesta)|(?:carrito|cesta).{0,60}precio|detalles del producto.{0,60}(?:carrito|cesta)|dettagli (?:del prodotto|prodotto).{0,60}carrello|d[ée]tails du produit.{0,60}panier|produktdetails.{0,60}(?:einkaufswagen|warenkorb)|productdetails.{0,60}winkelwagen|produktinformation.{0,60}(?:kundvagn|varukorg)|szczegół.{0,60}koszyk|ürün (?:ayrıntı|detay).{0,60}sepet|商品の詳細.{0,40}カート|商品详情.{0,40}购物车|商品詳情.{0,40}購物車|제품 세부.{0,40}장바구니|تفاصيل المنتج.{0,60}(?:عربة|سلة)|(?:कार्ट.{0,40}(?:कीमत|मूल्य)|(?:कीमत|मूल्य|विवरण).{0,60}कार्ट)|(?:מחיר|פרטי המוצר).{0,60}(?:עגל|סל)|(?:preço|detalhes do produto).{0,60}carrinho|carrinho.{0,60}preço|prezzo.{0,60}carrello|carrello.{0,60}prezzo|prijs.{0,60}winkelwagen|winkelwagen.{0,60}prijs"
    r"|pris.{0,60}(?:kundvagn|varukorg)|(?:kundvagn|varukorg).{0,60}pris|cen[ayęe].{0,60}koszyk|koszyk.{0,60}cen|fiyat.{0,60}sepet|sepet.{0,60}fiyat|カート.{0,40}価格|価格.{0,40}カート|购物车.{0,20}价|价.{0,20}购物车|購物車.{0,20}價|價.{0,20}購物車|장바구니.{0,30}가격|가격.{0,30}장바구니|سعر.{0,60}(?:عربة|سلة)|(?:عربة|سلة).{0,60}سعر",
)  # fmt: skip


def is_instalment(before: str, after: str) -> bool:
    """Whether the amount between the two texts is one of several payments: "10x de … sem juros"."""
    ahead = with_ascii_digits(words_of(before))[-40:]
    if ahead and _BEFORE_INSTALMENT.search(ahead):
        return True
    behind = with_ascii_digits(words_of(after))[:80]
    # "10 meses de" leads on to the next amount, and says nothing of this one.
    return bool(behind and _AFTER_INSTALMENT.match(behind) and not _LEADS_ON.search(behind))


def may_be_for_some_alone(text: str) -> bool:
    """False where neither of the two questions below can be answered with yes."""
    folded = text.casefold()
    return any(word in folded for word in _FOR_SOME_ALONE)


def names_prime(text: str) -> bool:
    """Spares the reading of what does not: most blocks never name it."""
    folded = text.casefold()
    return any(name in folded for name in _PRIME_NAMES) and bool(_PRIME.search(text))


def is_members_price_text(text: str | None) -> bool:
    """Only for members of a programme: "Exclusive Prime price", "With Prime"."""
    line = words_of(text)
    if not _PRIME.search(line):
        return False
    if _MEMBERS_OFFER.search(line):
        return True
    is_short = len(line) <= _MAX_MEMBERS_PRICE_LENGTH
    return is_short and not _OTHER_PRIME.search(line) and bool(_MEMBERS_PRICE.search(line))


def is_payment_price_text(text: str | None) -> bool:
    """Only with one way to pay: "à vista no Pix". In Brazil the article costs more with a card."""
    line = words_of(text)
    return bool(_ONE_WAY_TO_PAY.search(line)) and not _MORE_OFF.search(line)


def is_subscription_text(after: str) -> bool:
    """ "$11.39 with Subscribe & Save discount", beside the one-off price."""
    return bool(_SUBSCRIPTION.search(words_of(after)[:_MAX_MEMBERS_PRICE_LENGTH]))


def is_purchase_text(line: str) -> bool:
    """ "Or $1.29 to buy MP3"; not "Save $10 when you buy …"."""
    if not _BUY.search(words_of(line)):
        return False
    return bool(_OR.match(words_of(line)) or _STARTS_WITH_PRICE.match(line))


def is_from_text(before: str, after: str = "") -> bool:
    """Whether the text before or after a price makes it the lowest of several."""
    return bool(_FROM.search(words_of(before)) or _FROM_AFTER.match(words_of(after)))


def may_be_from_text(text: str) -> bool:
    """False where no price of the text can be the lowest of several; spares looking around each."""
    if text.isascii():
        return not _PLAIN_FROM_WORDS.isdisjoint(_PLAIN_WORD.findall(text.lower()))
    return bool(_FROM_ANYWHERE.search(words_of(text)))


def is_in_cart_text(text: str) -> bool:
    """ "See price in cart": the store may not show it."""
    return bool(_IN_CART.search(words_of(text)))

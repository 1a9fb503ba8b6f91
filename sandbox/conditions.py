"""What a condition is called in each language; every phrase is a plain translation of ours."""

from enum import StrEnum


class Condition(StrEnum):
    NEW = "new"
    LIKE_NEW = "used_like_new"
    VERY_GOOD = "used_very_good"
    GOOD = "used_good"
    ACCEPTABLE = "used_acceptable"
    RENEWED = "renewed"
    COLLECTIBLE = "collectible"


# In the order of Condition.
HEADINGS = {
    "en": ("New", "Used - Like New", "Used - Very Good", "Used - Good", "Used - Acceptable", "Renewed", "Collectible - Good"),
    "de": ("Neu", "Gebraucht - Wie neu", "Gebraucht - Sehr gut", "Gebraucht - Gut", "Gebraucht - Akzeptabel", "Generalüberholt", "Sammlerstück - Gut"),
    "fr": ("Neuf", "D'occasion - Comme neuf", "D'occasion - Très bon", "D'occasion - Bon", "D'occasion - Acceptable", "Reconditionné", "De collection - Bon"),
    "es": ("Nuevo", "De segunda mano - Como nuevo", "De segunda mano - Muy bueno", "De segunda mano - Bueno", "De segunda mano - Aceptable", "Reacondicionado", "De coleccionista - Bueno"),
    "it": ("Nuovo", "Usato - Come nuovo", "Usato - Ottime condizioni", "Usato - Buone condizioni", "Usato - Condizioni accettabili", "Ricondizionato", "Da collezione - Buone condizioni"),
    "ja": ("新品", "中古品 - ほぼ新品", "中古品 - 非常に良い", "中古品 - 良い", "中古品 - 可", "整備済み品", "コレクター商品 - 良い"),
    "pt": ("Novo", "Usado - Como novo", "Usado - Muito bom", "Usado - Bom", "Usado - Aceitável", "Recondicionado", "Colecionável - Bom"),
    "nl": ("Nieuw", "Tweedehands - Als nieuw", "Tweedehands - Zeer goed", "Tweedehands - Goed", "Tweedehands - Acceptabel", "Gereviseerd", "Verzamelobject - Goed"),
    "pl": ("Nowy", "Używany - Jak nowy", "Używany - Bardzo dobry", "Używany - Dobry", "Używany - Akceptowalny", "Odnowiony", "Kolekcjonerski - Dobry"),
    "sv": ("Ny", "Begagnad - Som ny", "Begagnad - Mycket bra", "Begagnad - Bra", "Begagnad - Godtagbar", "Renoverad", "Samlarobjekt - Bra"),
    "tr": ("Yeni", "İkinci El - Yeni gibi", "İkinci El - Çok iyi", "İkinci El - İyi", "İkinci El - Kabul edilebilir", "Yenilenmiş", "Koleksiyon - İyi"),
    "ar": ("جديد", "مستعمل - كالجديد", "مستعمل - جيد جدا", "مستعمل - جيد", "مستعمل - مقبول", "مجدد", "مقتنيات - جيد"),
}  # fmt: skip


def heading(condition: Condition, language: str) -> str:
    return HEADINGS[language][list(Condition).index(condition)]

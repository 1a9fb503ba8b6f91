from __future__ import annotations

from spiders.parsing.phrases import Phrases
from spiders.parsing.text import words_of

_PHRASE = Phrases(
    r"no results for|did not match any products|keine (?:ergebnisse|treffer) (?:für|zu)|aucun résultat pour"
    r"|no hay resultados (?:de búsqueda )?para|ningún resultado para|no produjo (?:ningún )?resultado|no se han encontrado resultados|nessun risultato per|non ha prodotto (?:alcun )?risultat"
    r"|nenhum resultado para|não retornou (?:nenhum )?resultado|(?:sem|não há) resultados para|geen resultaten voor"
    r"|inga (?:resultat|träffar) för|brak wyników dla|için (?:hiç )?sonuç (?:yok|bulunamadı)"
    r"|一致する商品はありませんでした|検索結果はありません|没有找到|(?:[无無沒]|没有).{1,80}的(?:搜[索尋])?[结結]果|找不到.{1,80}[结結]果"
    r"|결과(?:가)? 없|لا (?:توجد )?نتائج|कोई (?:परिणाम|नतीजा|नतीजे) नहीं|कोणतेही परिणाम नाही|ఫలితాలు (?:లేవు|కనుగొనబడలేదు)|ಫಲಿತಾಂಶ(?:ಗಳು)? ?(?:ಗಳಿಲ್ಲ|ಇಲ್ಲ)|ഫലങ്ങള(?:ൊന്നുമ)?ില്ല|কোনও? ফলাফল (?:নেই|পাওয়া যায়নি)|žádné výsledky|ingen resultater"
    r"|אין תוצאות|முடிவுகள் (?:இல்லை|எதுவும்)",
)


def is_no_results_text(text: str) -> bool:
    """For the message's own place: product titles may say anything."""
    return bool(_PHRASE.search(words_of(text)))

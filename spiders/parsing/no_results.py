from __future__ import annotations

import re

_PHRASE = re.compile(
    r"no results for|did not match any products|keine ergebnisse für|aucun résultat pour"
    r"|no hay resultados para|no se han encontrado resultados|nessun risultato per"
    r"|nenhum resultado para|(?:sem|não há) resultados para|geen resultaten voor"
    r"|inga (?:resultat|träffar) för|brak wyników dla|için (?:hiç )?sonuç (?:yok|bulunamadı)"
    r"|一致する商品はありませんでした|検索結果はありません|没有找到|[无沒].{1,80}的(?:搜索)?[结結]果"
    r"|결과가 없|لا (?:توجد )?نتائج|कोई परिणाम नहीं|žádné výsledky|ingen resultater"
    r"|אין תוצאות|முடிவுகள் (?:இல்லை|எதுவும்)",
    re.IGNORECASE,
)


def is_no_results_text(text: str) -> bool:
    """For the message's own place: product titles may say anything."""
    return bool(_PHRASE.search(text))

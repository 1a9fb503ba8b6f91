"""What result pages say of a search, as stores write it, language by language."""

from __future__ import annotations

import pytest

from spiders.parsing.search_messages import (
    is_department_fallback_text,
    keyword_from_quoted_text,
    total_results_from_text,
)


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("1-48 of over 30,000 results for", 30_000),
        ("1-16 of 28 results for", 28),
        ("28 results for", 28),
        ("289-336 of over 1,000 results for", 1_000),
        ("1-48 of over 1,00,000 results for", 100_000),
        ("1-48 von mehr als 10.000 Ergebnissen oder Vorschlägen für", 10_000),
        ("1-48 sur plus de 10 000 résultats pour", 10_000),
        ("1-48 sur plus de 10\u202f000 résultats pour", 10_000),
        ("1-48 de más de 2.000 resultados para", 2_000),
        ("1-48 dei più di 50.000 risultati in", 50_000),
        ("1-48 de mais de 20.000 resultados para", 20_000),
        ("1-48 van meer dan 4.000 resultaten voor", 4_000),
        ("1-48 av över 7 000 resultat för", 7_000),
        ("1-48 z ponad 40 000 wyników dla", 40_000),
        ("100.000 üzeri sonuç arasından 1-48 arası gösteriliyor. Aranan ürün:", 100_000),
        ("検索結果 6,000 以上 のうち 1-24件", 6_000),
        ("超过10,000条结果中的1-48条", 10_000),
        ("결과 3,000개 이상 중 1-48", 3_000),
        ("١-٤٨ من أكثر من ١٠٬٠٠٠ نتيجة", 10_000),
        ("results for", None),
        ("", None),
        (None, None),
        ("1-48 of 1234567890123456789 results", 48),
    ],
)
def test_the_total_as_shown(text: str | None, total: int | None) -> None:
    assert total_results_from_text(text) == total


@pytest.mark.parametrize(
    "text",
    [
        'No results for "kettle" in Toys. Showing results from All Departments.',
        "Keine Ergebnisse für „Kessel“ in Spielzeug. Ergebnisse aus allen Kategorien werden angezeigt.",
        "Aucun résultat dans Jouets. Résultats dans toutes nos boutiques.",
        "No hay resultados en Juguetes. Mostrando resultados de todos los departamentos.",
        "Nessun risultato in Giocattoli. Risultati in tutte le categorie.",
        "Nenhum resultado em Brinquedos. Mostrando resultados em todos os departamentos.",
        "Geen resultaten in Speelgoed. Resultaten in alle categorieën.",
        "Inga resultat i Leksaker. Visar resultat i alla kategorier.",
        "Brak wyników w Zabawki. Wyniki ze wszystkich kategorii.",
        "Oyuncak kategorisinde sonuç yok. Tüm kategorilerdeki sonuçlar gösteriliyor.",
        "すべてのカテゴリーの検索結果を表示しています。",
        "显示所有分类的结果",
        "顯示所有商品分類的結果",
        "모든 카테고리의 결과 표시",
        "عرض النتائج من جميع الأقسام",
        "מציג תוצאות מכל המחלקות",
        "सभी डिपार्टमेंट के परिणाम दिखा रहे हैं",
    ],
)
def test_rows_from_all_departments(text: str) -> None:
    assert is_department_fallback_text(text)


@pytest.mark.parametrize(
    "text", ["Results", "Check each product page for other buying options.", "Más resultados", ""]
)
def test_ordinary_messages_are_no_fallback(text: str) -> None:
    assert not is_department_fallback_text(text)


@pytest.mark.parametrize(
    "text", ['"kettle"', "„kettle“", "«\u00a0kettle\u00a0»", "「kettle」", " kettle "]
)
def test_keyword_without_its_quotes(text: str) -> None:
    assert keyword_from_quoted_text(text) == "kettle"

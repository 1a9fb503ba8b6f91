"""The two lines of a header, as stores write them, language by language."""

from __future__ import annotations

import pytest

from spiders.parsing.delivery_place import delivery_place_from_header

# A sentence that names the place, over a link.
SENTENCES = [
    ("Delivering to Springfield 12345", "Update location", "Springfield 12345"),
    ("Delivering to Springfield 12345", "Choose location for most accurate options", "Springfield 12345"),
    ("Delivering to Sharjah City", "Sign in to update your location", "Sharjah City"),
    ("Lieferung nach Musterstadt 12345", "Standort aktualisieren", "Musterstadt 12345"),
    ("Lieferung an Musterstadt 12345", "Adresse auswählen", "Musterstadt 12345"),
    ("Livraison à Villeneuve 75000", "Mettre à jour l’emplacement", "Villeneuve 75000"),
    ("Livraison à Villeneuve 75000", "Mettre à jour l'emplacement", "Villeneuve 75000"),
    ("Entrega en Villanueva 28000", "Actualizar ubicación", "Villanueva 28000"),
    ("Enviar a Villanueva 06000", "Actualizar ubicación", "Villanueva 06000"),
    ("A entrega será feita em Vila Nova 20000000", "Atualizar CEP", "Vila Nova 20000000"),
    ("A entrega será feita em Vila Nova... 20000000", "Atualizar local", "Vila Nova... 20000000"),
    ("Consegna a Villanova 00100", "Aggiorna posizione", "Villanova 00100"),
    ("Bezorgen in Nieuwstad 1011 AB", "Locatie bijwerken", "Nieuwstad 1011 AB"),
    ("Levererar till Nystad 11122", "Uppdatera plats", "Nystad 11122"),
    ("Dostawa do Nowe Miasto 00-001", "Zaktualizuj lokalizację", "Nowe Miasto 00-001"),
    ("Teslimat adresi: Yenişehir 06000", "Konumu güncelle", "Yenişehir 06000"),
    ("Yenişehir 06000 adresine teslim edilecek", "Konumu güncelleyin", "Yenişehir 06000"),
    ("お届け先: 新町 100-0000", "場所を更新する", "新町 100-0000"),
    ("お届け先：新町 100-0000", "場所を更新する", "新町 100-0000"),
    ("配送至 新城 10001", "更新位置", "新城 10001"),
    ("运送至：新城", "更新位置", "新城"),
    ("배송지 신도시 10001", "위치 업데이트", "신도시 10001"),
    ("التوصيل إلى المدينة الجديدة", "تحديث الموقع", "المدينة الجديدة"),
    ("جارٍ التوصيل إلى الرياض", "تحديث الموقع", "الرياض"),
    ("משלוח אל עיר חדשה", "עדכון מיקום", "עיר חדשה"),
    ("डिलीवरी: नया नगर 110001", "लोकेशन अपडेट करें", "नया नगर 110001"),
    ("नया नगर 110001 पर डिलीवर किया जा रहा है", "लोकेशन अपडेट करें", "नया नगर 110001"),
    ("டெலிவரி இடம்: புதூர் 600001", "இருப்பிடத்தைப் புதுப்பிக்கவும்", "புதூர் 600001"),
    ("డెలివరీ స్థానం: కొత్తూరు 500001", "స్థానాన్ని అప్‌డేట్ చేయండి", "కొత్తూరు 500001"),
    ("ಡೆಲಿವರಿ ಸ್ಥಳ: ಹೊಸೂರು 560001", "ಸ್ಥಳವನ್ನು ಅಪ್‌ಡೇಟ್ ಮಾಡಿ", "ಹೊಸೂರು 560001"),
    ("ഡെലിവറി സ്ഥലം: പുതുനഗരം 680001", "ലൊക്കേഷൻ അപ്ഡേറ്റ് ചെയ്യുക", "പുതുനഗരം 680001"),
    ("ডেলিভারি ঠিকানা: নতুননগর 700001", "লোকেশন আপডেট করুন", "নতুননগর 700001"),
    ("Doručujeme do Nové Město 11000", "Aktualizovat polohu", "Nové Město 11000"),
    ("Leveres til Nyby 1000", "Opdater placering", "Nyby 1000"),
]  # fmt: skip
# A label over the place.
LABELS = [
    ("Deliver to", "Germany", "Germany"),
    ("Deliver to ", "New Springfield 12345\u200c", "New Springfield 12345"),
    ("Deliver to Jane", "Springfield 12345", "Springfield 12345"),
    ("Votre adresse de livraison:", "Royaume-Uni", "Royaume-Uni"),
    ("Liefern nach", "Österreich", "Österreich"),
    ("Entregar em", "Brasil", "Brasil"),
    ("Entrega a", "México", "México"),
    ("Invia a", "Italia", "Italia"),
    ("Bezorgen in", "Nederland", "Nederland"),
    ("お届け先", "ドイツ", "ドイツ"),
    ("التوصيل إلى", "ألمانيا", "ألمانيا"),
    ("Deliver to", "Selectville", "Selectville"),
    ("Deliver to", "Um..., Al R...", "Um..., Al R..."),
]
# No place is known.
GREETINGS = [
    ("Hello", "Select your address"),
    ("Hello", "Choose your location"),
    ("Hallo", "Wähle deine Adresse"),
    ("Hallo", "Lieferadresse wählen"),
    ("Bonjour", "Entrez votre adresse"),
    ("Bonjour,", "Sélectionnez votre adresse"),
    ("Hola", "Elige tu dirección"),
    ("Hola", "Selecciona tu dirección"),
    ("Olá", "Selecione o endereço"),
    ("Olá", "Seleciona a tua morada"),
    ("Ciao", "Scegli il tuo indirizzo"),
    ("Hallo", "Selecteer je adres"),
    ("Hej", "Välj din adress"),
    ("Witaj", "Wybierz adres"),
    ("Merhaba", "Teslimat adresini seç"),
    ("مرحباً", "اختر عنوانك"),
    ("こんにちは", "お届け先を選択"),
    ("您好", "选择您的地址"),
    ("您好", "選擇您的地址"),
    ("안녕하세요", "주소 선택"),
    ("שלום", "בחר את הכתובת שלך"),
    ("नमस्ते", "अपना पता चुनें"),
    ("Hello", "words that nobody here knows"),
    ("", "Update location"),
    ("", ""),
    ("Deliver to", "Update location"),
    ("Words that nobody here knows", "Update location"),
    (None, None),
]


@pytest.mark.parametrize(("first", "second", "place"), SENTENCES + LABELS)
def test_place_is_named_without_label_and_link(first: str, second: str, place: str) -> None:
    assert delivery_place_from_header(first, second) == place


@pytest.mark.parametrize(("first", "second"), GREETINGS)
def test_a_header_that_names_no_place_gives_none(first: str | None, second: str | None) -> None:
    assert delivery_place_from_header(first, second) is None


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("Deliver to Germany", "Germany"),
        ("Deliver to: Germany", "Germany"),
        ("Liefern nach Österreich", "Österreich"),
        ("お届け先 ドイツ", "ドイツ"),
        ("Select your address", None),
        ("Hello Select your address", None),
    ],
)
def test_headers_of_one_line(line: str, place: str | None) -> None:
    assert delivery_place_from_header(line, None) == place

"""The delivery place in a page's header, which stands in one of two lines.

Either the first is a label and the second the place ("Deliver to" / "Germany"), or the first is a
sentence that names the place and the second a link ("Delivering to Springfield 12345" / "Update
location"). Where the store knows no place, a greeting stands over a link.
"""

from __future__ import annotations

import re

from spiders.parsing.text import clean_text, words_of

# Links that ask for a place. A place name begins with none of these words.
_LINK = re.compile(
    r"(?:update|change|choose|select|enter|set|pick|add|sign in)\b.{0,30}\b(?:location|address|options|zip|post ?code|pincode|place|delivery|country)"
    r"|(?:your|delivery) (?:location|address)$"
    r"|(?:standort|lieferort|lieferadresse|adresse|ort|postleitzahl|plz|lieferland)\b.{0,20}(?:aktualisieren|ändern|wählen|auswählen|eingeben)|(?:wähle?n?|aktualisiere|ändere|gib|geben)\b.{0,40}(?:standort|lieferort|adresse|ort|postleitzahl|optionen)"
    r"|(?:mettre à jour|modifier|mettez à jour|sélectionne[rz]|choisi(?:r|ssez)|entre[rz]|saisi(?:r|ssez)|indique[rz]|change[rz])\b.{0,40}(?:emplacement|adresse|lieu|localisation|code postal|options|position)"
    r"|(?:actualiza|actualice|cambia|cambie|elige|elija|selecciona|seleccione|escoge|introduce|ingresa|ingrese|indica|agrega)r?\b.{0,40}(?:ubicación|dirección|ciudad|código postal|opciones|lugar|domicilio)"
    r"|(?:atualiza|atualize|altera|altere|mude|seleciona|selecione|escolhe|escolha|insira|informe|digite|adicione)r?\b.{0,40}(?:cep\b|endereço|local\b|localização|código postal|morada|opções)"
    r"|(?:aggiorna|cambia|modifica|scegli|seleziona|inserisci|indica)\b.{0,40}(?:posizione|indirizzo|località|luogo|cap\b|opzioni)"
    r"|(?:locatie|bezorglocatie|adres|je adres|postcode)\b.{0,12}(?:bijwerken|wijzigen|kiezen|selecteren|invoeren)|(?:selecteer|kies|wijzig|update|voer)\b.{0,30}(?:adres|locatie|postcode|opties|in$)"
    r"|(?:uppdatera|välj|ändra|ange)\b.{0,30}(?:plats|adress|postnummer|alternativ)"
    r"|(?:zaktualizuj|aktualizuj|wybierz|zmień|podaj|wprowadź)\b.{0,30}(?:lokalizacj|adres|miejsc|kod pocztowy|opcj)"
    r"|(?:konum|adres|posta kod|yer)\S*\b.{0,20}(?:güncelle|seç|değiştir|gir)"
    r"|(?:aktualizovat|vyberte|vybrat|změnit|zadejte)\b.{0,30}(?:poloh|adres|míst|psč)"
    r"|(?:opdater|vælg|skift|angiv)\b.{0,30}(?:placering|adresse|sted|postnummer)"
    r"|(?:場所|住所|お届け先|郵便番号|位置|地址|地點|地点|郵遞區號|邮编|收货|收貨|送货|送貨).{0,8}(?:更新|変更|選択|选择|選擇|入力|设置|設定)|(?:更新|更改|选择|選擇|選取|变更|變更|输入|輸入|更換).{0,8}(?:位置|地址|地点|地點|邮编|郵遞區號|所在地|城市)"
    r"|(?:위치|주소|배송지|우편번호).{0,6}(?:업데이트|변경|선택|입력)"
    r"|(?:قم ب)?(?:تحديث|اختر|اختيار|حدد|تحديد|تغيير|أدخل|إدخال).{0,24}(?:الموقع|موقع|عنوان|العنوان|المدينة|مدينت|الخيارات)"
    r"|(?:עדכ|בחר|בחיר|שנה|שינוי|הזן|ציין).{0,24}(?:מיקום|כתובת|המיקום|הכתובת)"
    r"|(?:लोकेशन|स्थान|पता|पते|पिनकोड|जगह).{0,16}(?:अपडेट|चुन|बदल|निवड|डाल)|अपना पता"
    r"|(?:இருப்பிட|இடத்தை|முகவரி|இடம்).{0,24}(?:புதுப்பி|தேர்|மாற்)|(?:స్థాన|లొకేషన్|చిరునామా|అడ్రస్).{0,24}(?:అప్|ఎంచు|మార్చ)"
    r"|(?:ಸ್ಥಳ|ವಿಳಾಸ|ಲೊಕೇಶನ್).{0,24}(?:ಅಪ್|ನವೀಕರಿ|ಆಯ್ಕೆ|ಆರಿಸಿ|ಬದಲ)|(?:ലൊക്കേഷൻ|സ്ഥലം|സ്ഥാനം|വിലാസം).{0,24}(?:അപ്|തിരഞ്ഞെടു|മാറ്റ)"
    r"|(?:লোকেশন|অবস্থান|ঠিকানা|স্থান).{0,24}(?:আপডেট|বেছে|নির্বাচন|বদল|পরিবর্তন)",
    re.IGNORECASE,
)  # fmt: skip
# What stands before the place, longest first where one begins another.
_BEFORE = re.compile(
    r"(?:(?:delivering|deliver|delivery|dispatching|dispatch|shipping|ship) to"
    r"|(?:wird geliefert|lieferung|liefern|lieferst|versand|versenden) (?:nach|an|in die|in|zu)|deine? lieferadresse|ihre lieferadresse|lieferadresse|lieferort"
    r"|(?:votre adresse de livraison|adresse de livraison|lieu de livraison)|(?:livraison|livrer|livré|expédier|expédition|envoi|envoyer) (?:à l['’]adresse|à|au|aux|en|vers|dans)"
    r"|(?:entregando|entregar|entregas?|enviando|enviar|envíos?|enviamos|se entrega) (?:en|a)(?= )|(?:dirección|lugar) de (?:entrega|envío)"
    r"|a entrega será feita (?:em|no|na)|(?:entregando|entregar|entregas?|enviando|enviar|envio) (?:em|para|no|na)(?= )|(?:endereço|local) de entrega"
    r"|(?:consegna|consegnare|consegniamo|spedizione|spedire|spediamo|invia|invio|inviare) (?:a|in|presso|nel|nella|negli)(?= )|indirizzo di (?:consegna|spedizione)|luogo di consegna"
    r"|(?:wordt |worden )?(?:bezorgen|bezorging|bezorgd|bezorgt|leveren|levering|geleverd|verzenden|verzending|verzonden) (?:in|naar|aan|op|te)(?= )|bezorgadres|bezorglocatie"
    r"|(?:levererar|leverera|levereras|leverans|skicka|skickas|skickar) (?:till|i)(?= )|leveransadress|leveransplats"
    r"|(?:dostarczanie|dostarczymy|dostarczamy|dostarcz|dostawa|wysyłka|wysyłamy|wyślij) (?:do|na adres|na)(?= )|miejsce dostawy|adres dostawy"
    r"|teslimat (?:adresi|konumu|yeri)|teslim edilecek (?:adres|yer|konum)|gönderim (?:adresi|yeri)|teslimat(?= ?:)"
    r"|(?:doručujeme|doručit|doručení|doručování|doručuje se) (?:do|na)(?= )|místo doručení|(?:leverer|levering|leveres|lever|send|sendes) til|leveringssted"
    r"|お届け先|配送先|(?:送货|配送|寄送|发货|發貨|送貨|運送|遞送|交付|派送|寄送|快递|發送|正在配送|正在送货)(?:地址|地點|地点)?(?:至|到|往)?|送至|送到|运送至|배송(?: ?지| ?위치)?"
    r"|(?:يتم |جاري |جارٍ |سيتم )?(?:التوصيل|التسليم|الشحن|توصيل|تسليم|شحن|التوصيل والتسليم) (?:إلى|الى|في)(?= )|(?:عنوان|موقع) (?:التوصيل|التسليم)"
    r"|(?:משלוח|שלח|שליחה|נשלח|מספקים|אספקה|המשלוח יישלח|נמסר) (?:אל|ל)(?=[ -])|משלוח ל-?|(?:כתובת|מיקום) (?:ל?משלוח|אספקה)"
    r"|(?:यहाँ|यहां|इस पते पर) (?:डिलीवर|डिलीवरी)(?: करें| की जा रही है| हो रही है)?|(?:डिलीवरी|डिलिव्हरी|डिलीवर)(?: स्थान| ठिकाण| करें| करा| पता)?|(?:டெலிவரி|டெலிவர்)\S*(?: இடம்| முகவரி| செய்யப்படும் இடம்)?"
    r"|(?:డెలివరీ|డెలివర్)\S*(?: స్థానం| చిరునామా)?|(?:ಡೆಲಿವರಿ|ವಿತರಣೆ|ಡೆಲಿವರ್)\S*(?: ಸ್ಥಳ| ವಿಳಾಸ)?|(?:ഡെലിവറി|ഡെലിവർ)\S*(?: സ്ഥലം| വിലാസം)?|(?:ডেলিভারি|ডেলিভার)\S*(?: স্থান| ঠিকানা)?"
    r")\s*[:：]?\s*",
    re.IGNORECASE,
)  # fmt: skip
# Languages that name the place first, and what they do with it afterwards.
_AFTER = re.compile(
    r"\s*(?:adresine teslim(?:at| edil)\S*|konumuna teslim(?:at| edil)\S*|adresine gönder\S*|\(?으?로 배송\S*(?: 중)?|へ(?:の)?(?:お届け|配送)|にお届け(?:します)?"
    r"|(?:पर|को|में) (?:डिलीवर|डिलीवरी|डिलिव्हरी).{0,24}|(?:येथे|वर) डिलि?व्हर.{0,16}|(?:-?க்கு|இல்) டெலிவ.{0,24}|(?:-?కు|-?కి|లో) డెలివ.{0,24}|(?:-?ಗೆ|ನಲ್ಲಿ) ಡೆಲಿವ.{0,24}"
    r"|(?:-?ലേക്ക്|-?യിലേക്ക്|ൽ) ഡെലിവ.{0,24}|(?:-?তে|এ) ডেলিভ.{0,24})$",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:hello|hi|hallo|bonjour|salut|hola|olá|oi|ciao|salve|hej|hejsan|cześć|witaj|witamy|merhaba|selam|مرحب\S*|أهلا\S*|こんにちは|您好|你好|안녕하세요|שלום|नमस्ते|नमस्कार|வணக்கம்|నమస్తే|నమస్కారం|ಹಲೋ|ನಮಸ್ಕಾರ|ഹലോ|നമസ്കാരം|হ্যালো|নমস্কার|dobrý den|ahoj|goddag)"
    r"(?:$|[\s,!，、。].{0,40}$)",
    re.IGNORECASE,
)
_COLON = re.compile(r"[^:：]{2,40}[:：]\s*(\S.*)")


def delivery_place_from_header(first: str | None, second: str | None) -> str | None:
    """The place as shown, without label and link; None where the header names none."""
    above, below = clean_text(first), clean_text(second)
    if below and not _is_link(below):
        # A greeting above says that whatever stands below is a link, in words we do not know.
        return None if _GREETING.match(words_of(above)) else below
    return _place_in_sentence(above)


def _is_link(text: str) -> bool:
    return _LINK.match(words_of(text)) is not None


def _place_in_sentence(text: str) -> str | None:
    """None where the sentence is in words we do not know: its words are no place."""
    if not text or _is_link(text) or _GREETING.match(words_of(text)):
        return None
    if label := _BEFORE.match(text):
        place = text[label.end() :]
    elif tail := _AFTER.search(text):
        place = text[: tail.start()]
    elif colon := _COLON.match(text):
        place = colon.group(1)
    else:
        return None
    place = place.strip(" :：-–,、\u200c\u200d")
    return place if place and not _is_link(place) else None

from __future__ import annotations

from spiders.parsing.phrases import Phrases
from spiders.parsing.text import words_of

# "Select Size" stands where a chosen value would, language by language.
_PROMPT = Phrases(
    r"^(?:-+\s*)?(?:please )?(?:select|choose|pick)\b|^(?:bitte )?(?:wähle?n?|auswählen)\b|^bitte .{1,24} (?:aus)?wählen$|auswählen$|^(?:veuillez )?(?:sélectionn|choisi)"
    r"|^(?:selec(?:t|c)?ion|elige|elegir|escolh|elij)|^(?:selezion|scegli)|^(?:kies|selecteer)|\b(?:selecteren|kiezen)$|^(?:välj|vælg|velg)\b|^wyb(?:ierz|ór|erz)|^vyber"
    r"|^seç(?:in|iniz)?\b|\bseç(?:in|iniz)?$|(?:を)?選択(?:してください)?$|^(?:请|請)?(?:选择|選擇)|선택(?:하세요|해 주세요)?$|^(?:اختر|حدد|يرجى)|(?:चुनें|चुनिए|चुने)$|^בחר"
    r"|தேர்ந்தெடு|ఎంచుకో|ಆಯ್ಕೆ ?ಮಾಡಿ|തിരഞ്ഞെടു|নির্বাচন|निवडा$",
)


def is_prompt_text(text: str | None) -> bool:
    """An invitation to choose, which is no chosen value."""
    return bool(_PROMPT.search(words_of(text)))

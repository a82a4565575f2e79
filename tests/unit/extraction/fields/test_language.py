from __future__ import annotations

import pytest

from newscrawl.extraction.candidates import Candidates
from newscrawl.extraction.fields.language import confirm_language, detect_language

TEXTS = {
    "en": "The council closed the northern pier on Friday after divers found cracks in eleven of its forty pillars. "
    * 3,
    "de": "Der Rat der Stadt hat am Freitag die nördliche Mole gesperrt, weil Taucher Risse in den Pfeilern fanden. "
    * 3,
    "nb": "Rådet stengte den nordlige kaien på fredag etter at dykkere hadde funnet sprekker i elleve av pilarene. "
    * 3,
}


def confirmed(stated: str | None, text: str, method: str = "dom") -> str | None:
    found = Candidates()
    found.add("language", method, stated)
    confirm_language(found, text)
    tag: str | None = found.value("language")
    return tag


def test_a_text_clearly_in_another_language_overrules_the_page() -> None:
    assert confirmed("en-US", TEXTS["de"]) == "de"


def test_the_region_of_the_page_stays() -> None:
    assert confirmed("de-AT", TEXTS["de"]) == "de-AT"


def test_a_page_that_states_none() -> None:
    assert confirmed(None, TEXTS["de"]) == "de"
    assert confirmed("fr", TEXTS["de"], method="site") == "de"
    assert confirmed(None, "Ok.") is None


def test_what_does_not_overrule() -> None:
    assert confirmed("en", TEXTS["de"][:90]) == "en"  # too short
    assert confirmed("en", TEXTS["de"] + TEXTS["en"]) == "en"  # half and half
    assert confirmed("da", TEXTS["nb"]) == "da"  # too alike


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("北側の桟橋が金曜日に閉鎖された。潜水士が柱に亀裂を見つけたためだ。", "ja"),
        ("잠수부들이 기둥에서 균열을 발견한 뒤 시의회는 금요일에 북쪽 부두를 폐쇄했다.", "ko"),
        ("המועצה סגרה ביום שישי את המזח הצפוני לאחר שצוללנים מצאו סדקים בעמודים.", "he"),
        ("Το συμβούλιο έκλεισε τη βόρεια προβλήτα την Παρασκευή.", "el"),
        ("สภาปิดท่าเรือทางเหนือเมื่อวันศุกร์หลังจากนักดำน้ำพบรอยร้าว", "th"),
    ],
)
def test_scripts(text: str, tag: str) -> None:
    found = detect_language(text)
    assert found is not None
    assert found[0] == tag


@pytest.mark.parametrize("text", ["", "\x00\ud800\ufffe", "https://harbour.example/a-b-c", "1 2 3 4 5"])
def test_what_is_no_text(text: str) -> None:
    assert detect_language(text) is None

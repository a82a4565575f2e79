from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.identity.signature import Signature, make_signature
from newscrawl.identity.similarity import (
    Evidence,
    Verdict,
    believed,
    compare,
    containment,
    evidence,
    judge,
    same_story,
)

TITLE = "Council of Arden votes for a second ferry"
FERRY = """The council of Arden voted on Monday evening for a second ferry across the sound, by 14 votes to 9, after a \
debate of four hours in which hardly a seat in the gallery stayed empty.

Mayor Ruth Kelsall called the decision the largest the town has taken since the bridge was given up in 1998. "We have \
waited for this long enough," she told the members, and some of them rose to applaud.

The ship will cost 11.4 million pounds and is to be built at the yard of Brennan and Sons in Dunholm, which has built \
ferries for the islands since 1931. It will carry 36 cars and 250 people and run on batteries that are charged at night.

Critics doubt that there are enough passengers. Tom Farleigh of the ratepayers said that in winter the old ferry goes \
back and forth with five cars on board, and that the money would be better spent on the road to Easby.

Work starts in spring. Until the ship comes, in two years at the earliest, the old one will make three more \
trips a day \
in the summer months, the harbour office said."""
PARTS = FERRY.split("\n\n")
WALL = """You have read the beginning of this report. Subscribers of the Easby Gazette read on without any limits.

Choose your offer: four weeks for one pound, then twelve pounds a month, and you may cancel at any time you like."""
FURNITURE = """This text is part of the service of the Easby Gazette, whose reporters are on the road every single day.

Follow us on all channels and never miss what happens where you live. Write to our desk if you know more \
about it. More \
from us: pictures of the week, letters of our readers, and all that the town talks about when the day is over."""


def same(one: str, other: str, title: str = TITLE, other_title: str | None = None) -> bool:
    first = make_signature(title, one)
    second = make_signature(title if other_title is None else other_title, other)
    assert first is not None
    assert second is not None
    assert same_story(first, second) == same_story(second, first)
    return same_story(first, second)


@pytest.mark.parametrize(
    ("copy", "title"),
    [
        (FERRY, "A new ship for the sound"),
        (FERRY.replace('"', "”").replace("-", "–").replace(" ", "\u00a0"), TITLE),
        (FERRY.encode().decode("cp1252"), TITLE),
        (f"ARDEN, March 5 (Northern Press) - {FERRY}", TITLE),
        (FERRY.replace("14 votes to 9", "15 votes to 9").replace("11.4", "11.9"), "Correction: " + TITLE),
        ("\n\n".join(PARTS[:2] + PARTS[3:]), TITLE),
        ("\n\n".join([PARTS[0], *reversed(PARTS[1:])]), TITLE),
        ("20:15 The vote is over, and people stream out into the rain.\n\n" + FERRY, "Live: " + TITLE),
        (FERRY + "\n\n" + FURNITURE, TITLE),
    ],
    ids=["headline", "typography", "mojibake", "dateline", "correction", "shorter", "reordered", "live", "furniture"],
)
def test_copies_are_one_story(copy: str, title: str) -> None:
    assert same(FERRY, copy, TITLE, title)


@pytest.mark.parametrize(
    "part",
    ["\n\n".join(PARTS[:2]), "\n\n".join(PARTS[3:]), f"{PARTS[0]}\n\n{WALL}", f"{PARTS[0]} Read on at the Gazette."],
    ids=["first page", "last page", "before a wall", "excerpt"],
)
def test_parts_belong_to_the_whole(part: str) -> None:
    assert same(FERRY, part)


def test_letters_read_as_digits_do_not_part_copies() -> None:
    rng = random.Random(3)
    scanned = "".join({"o": "0", "l": "1"}.get(char, char) if rng.random() < 0.2 else char for char in FERRY)
    assert scanned != FERRY
    assert same(FERRY, scanned)


def test_a_report_told_in_other_words_is_known_by_its_names_and_figures() -> None:
    retold = """A second ferry will cross the sound: 14 members of the council of Arden were for it on \
Monday, 9 against.

It is the biggest step since the bridge was given up in 1998, thinks Mayor Ruth Kelsall. "We have waited for this long \
enough," she said. The yard of Brennan and Sons at Dunholm, in business since 1931, gets 11.4 million pounds \
for a ship \
that will carry 36 cars and 250 people. For ratepayers such as Tom Farleigh it is money that would be better spent on \
the road to Easby."""
    assert same(FERRY, retold, TITLE, "Second ferry for Arden: council votes yes")


def test_a_follow_up_with_the_old_report_as_background_is_another_story() -> None:
    follow_up = """Two builders have gone to court over the order for a ship, a judge in Garrow confirmed on Friday.

Lynmouth Marine says that it was never asked for a price, and wants the tender opened again before any steel is cut. \
Hexwell Boats has joined it. Their lawyers expect a first hearing within six weeks, and the judge asked both sides to \
keep quiet until then. In the yards nobody wanted to comment. The union fears for forty jobs.

"""
    assert not same(FERRY, follow_up + PARTS[0], TITLE, "Builders go to court over ferry")


def test_standing_text_makes_no_story() -> None:
    one = (
        "A lorry lost its load of apples near the Garrow roundabout, and people helped to gather them until dusk fell."
    )
    other = (
        "The library opens on Sundays from May on, with coffee and readings for children, its head Eve Lynn announced."
    )
    assert not same(
        f"{one}\n\n{FURNITURE}", f"{other}\n\n{FURNITURE}", "Apples on the road", "Library opens on Sundays"
    )
    assert not same(f"{one}\n\n{WALL}", f"{other}\n\n{WALL}", "Apples on the road", "Library opens on Sundays")
    assert same(f"{PARTS[2]}\n\n{FURNITURE}", f"{PARTS[2]}\n\n{WALL}")


def test_a_round_up_does_not_swallow_its_briefs() -> None:
    round_up = f"What the night brought, in short, from our news desk.\n\n{WALL}\n\n{FURNITURE}\n\n{FERRY}"
    assert not same(round_up, PARTS[2], "News of the night", TITLE)


NOTES = {
    "en": (
        "Quake of {m} near {p}",
        (
            "An earthquake of magnitude {m} was felt near {p} on {d}, the survey said. There were no reports of damage "
            "or of people hurt. Residents are asked to report what they noticed on the website of the survey."
        ),
        [("3.1", "Arden", "Monday"), ("4.4", "Belmore", "Friday")],
    ),
    "es": (
        "Condenado un vecino de {p}",
        (
            "El juzgado de {p} ha condenado a {m}, vecino de la localidad, por conducir sin carné el pasado {d}. El "
            "acusado reconoció los hechos y deberá realizar trabajos en beneficio de la comunidad."
        ),
        [("Pérez", "Lorca", "lunes"), ("Gómez", "Utrera", "jueves")],
    ),
    "zh": (
        "{p}{m}胜出",
        (
            "在{d}进行的一场联赛中，{p}主场以{m}战胜对手。上半场双方互有攻守，主队凭借角球机会首开纪录。"
            "下半场客队加强进攻，但未能扳平比分。赛后主教练表示，球队的表现令人满意。"
        ),
        [("2比1", "青岛", "周一"), ("3比0", "昆明", "周五")],
    ),
    "ja": (
        "{p}で震度{m}の地震",
        (
            "{d}、{p}で震度{m}を観測する地震がありました。この地震による津波の心配はありません。"
            "今のところ被害の情報は入っていないということです。気象庁は今後の情報に注意するよう呼びかけています。"
        ),
        [("3", "札幌市", "1日未明"), ("4", "熊本県", "7日夜")],
    ),
    "th": (
        "ตลาดหุ้น{p}ปิดวัน{d}",
        (
            "ตลาดหุ้น{p}ปิดการซื้อขายวัน{d}ที่ระดับ {m} จุด นักลงทุนยังคงติดตามทิศทางอัตราดอกเบี้ยและราคาน้ำมันในตลาดโลก "
            "นักวิเคราะห์คาดว่าดัชนีจะเคลื่อนไหวในกรอบแคบในสัปดาห์หน้า"
        ),
        [("1,412", "ไทย", "จันทร์"), ("3,077", "สิงคโปร์", "ศุกร์")],
    ),
    "ar": (
        "أسعار الذهب في {p} يوم {d}",
        (
            "سجلت أسعار الذهب في {p} يوم {d} نحو {m} للغرام من عيار أربعة وعشرين. وقال متعاملون إن الطلب لا يزال "
            "ضعيفا مع ترقب المستثمرين لقرارات البنوك المركزية خلال الأيام المقبلة."
        ),
        [("٤١٢", "القاهرة", "الاثنين"), ("٣٩٨", "عمان", "الجمعة")],
    ),
    "hi": (
        "{p} में {d} को बिजली बंद रहेगी",
        (
            "{p} में {d} को सुबह {m} बजे से बिजली की आपूर्ति बंद रहेगी। बिजली विभाग के अधिकारियों ने बताया कि लाइनों "
            "की मरम्मत का काम किया जाएगा। उन्होंने उपभोक्ताओं से सहयोग की अपील की है।"
        ),
        [("10", "कानपुर", "सोमवार"), ("11", "पटना", "शुक्रवार")],
    ),
}


@pytest.mark.parametrize("form", NOTES)
def test_notes_of_one_form_are_apart_and_their_copies_joined(form: str) -> None:
    headline, body, slots = NOTES[form]
    (title, text), (other_title, other) = (
        (headline.format(m=m, p=p, d=d), body.format(m=m, p=p, d=d)) for m, p, d in slots
    )
    assert not same(text, other, title, other_title)
    assert same(text, text, title, other_title)
    assert same(text, f"(AFX) {text} © 2026", title)


def test_a_corrected_note_stays_the_same_story() -> None:
    note = (
        "Firefighters put out a blaze in a barn near Easby within 40 minutes on Monday. Nobody was hurt, and 12 cows "
    )
    note += (
        "were led to safety by the farmer and his son. The cause is not known yet, and the police are looking into it."
    )
    assert same(note, note.replace("12 cows", "14 cows"), "Barn burns near Easby")
    assert same(note, note.replace("blaze", "fire"), "Barn burns near Easby")


def test_other_figures_in_the_same_form_are_no_correction() -> None:
    note = "The ferry office counted {} cars and {} people on the last weekend, more than in the year before. It "
    note += (
        "asks travellers to come half an hour early and to keep their tickets at hand, as the queues have grown long."
    )
    assert not same(note.format(212, 980), note.format(187, 1022), "How many took the ferry")
    assert same(note.format(212, 980), note.format(212, 990), "How many took the ferry")


def test_containment_compares_what_both_sketches_cover() -> None:
    one, two, three, four = (bytes([0, 0, n]) for n in range(1, 5))
    assert containment(one + two + three, one + two) == 1.0
    assert containment(one + three, one + two + four) == 0.5
    assert containment(b"", one) == 0.0
    assert containment(three + four, one) == 0.0


def test_evidence_of_a_text_and_its_beginning() -> None:
    whole, part = make_signature(TITLE, FERRY), make_signature("Second ferry", PARTS[0])
    assert whole is not None
    assert part is not None
    seen = evidence(whole, part)
    assert seen.text == 1.0
    assert seen.either_lead == 1.0
    assert seen.longer > 3
    assert seen.headline == 1.0
    assert evidence(part, whole) == seen


def test_signatures_of_other_versions_are_never_the_same() -> None:
    made = make_signature(TITLE, FERRY)
    assert made is not None
    other = type(made)(keys=made.keys, sketch=made.sketch, numbers=made.numbers, version=made.version + 1)
    assert not same_story(made, other)


def test_an_empty_signature_is_like_nothing() -> None:
    nothing = Evidence(0, 0, 0, 1, 0, 0, 0.5, 0, 1, 0, 0, 1, 0)
    assert judge(nothing) is Verdict.APART


CUT = (
    "Corte de agua en {place}",
    (
        "El ayuntamiento de {place} cortará el agua el próximo {day} durante {hours} horas en la zona vieja. Los "
        "vecinos verán avisos en los portales, y el servicio volverá a la normalidad en cuanto terminen los trabajos."
    ),
)


def cut(source: str, after: int, *, place: str = "Baena", day: str = "lunes", hours: int = 6) -> Signature:
    title, text = (part.format(place=place, day=day, hours=hours) for part in CUT)
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=after)
    made = make_signature(title, text, source=source, published_at=at)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (cut("daily", 24), Verdict.SAME),  # the very text
        (cut("daily", 24, day="martes"), Verdict.NEXT),
        (cut("daily", 2, day="martes"), Verdict.DOUBTFUL),
        (cut("other", 9, day="martes"), Verdict.DOUBTFUL),
        (cut("other", 70, day="martes"), Verdict.NEXT),
        (cut("other", 9, hours=8), Verdict.DOUBTFUL),
        (cut("daily", 24, hours=8), Verdict.NEXT),
        (cut("other", 9, place="Cieza", hours=8), Verdict.NEXT),
    ],
)
def test_of_notes_of_one_form_time_and_source_tell_the_next_from_a_correction(
    other: Signature, verdict: Verdict
) -> None:
    assert compare(cut("daily", 0), other).verdict is verdict
    assert compare(other, cut("daily", 0)).verdict is verdict


def test_signatures_that_know_no_time_are_judged_by_the_text_alone() -> None:
    title, text = (part.format(place="Baena", day="martes", hours=6) for part in CUT)
    old = make_signature(title, text)
    assert old is not None
    assert same_story(cut("daily", 0), old)


def test_what_is_doubtful_is_believed_unless_another_note_speaks_against_it() -> None:
    def linked(own: Signature, *others: Signature) -> list[int]:
        return believed([(other, compare(own, other), story) for story, other in enumerate(others)])

    first, following = cut("daily", 0), cut("daily", 24, hours=8)
    assert linked(cut("other", 9, hours=7), first) == [0]
    assert linked(cut("other", 20), first, following) == []  # a copy of the first one
    assert linked(cut("other", 20, day="martes"), first, following) == [0]  # is closer to it
    copy = cut("other", 20)
    compared = [(one, compare(following, one), "one story") for one in (first, copy)]
    assert [one.verdict for _, one, _ in compared] == [Verdict.NEXT, Verdict.DOUBTFUL]
    assert believed(compared) == []
    assert believed([]) == []


def test_a_beginning_before_a_long_wall_is_found_by_its_headline_on_the_same_day() -> None:
    walls = [f"{WALL} Offer number {word}." for word in ("one", "two", "three")]
    at = datetime(2026, 3, 2, tzinfo=UTC)
    whole = make_signature(TITLE, FERRY + "\n\n" + FERRY.upper(), source="whole", published_at=at)
    walled = [
        make_signature(
            TITLE, "\n\n".join((PARTS[0][:90], *walls)), source="walled", published_at=at + timedelta(hours=h)
        )
        for h in (3, 200)
    ]
    assert whole is not None
    assert [one is not None and same_story(whole, one) for one in walled] == [True, False]

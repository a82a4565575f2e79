"""A fourth set: short notes that sources print in one form, day by day, and what becomes of them elsewhere.

Rules that differ from those of the other sets: an instance of a form follows the last one after a day, at the same
source, and differs by one word, one figure, both, or everything; copies and corrections are at other sources within a
day, or at the same one within hours; words are mistyped by a letter. Frames are put together anew from sentences in
Latin, Cyrillic, Arabic, Chinese, Japanese and Thai script. Beginnings before a wall that is longer than they are, live
blogs and their other states are of gold bodies of the replay web beside the repository. Made anew from a seed at every run.
"""

# ruff: noqa: E501  texts are long
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any

from benchmarks.story_set import StorySet, read_texts

if TYPE_CHECKING:
    import random
    from pathlib import Path

# Of a language: leads with their headlines, sentences that follow, places, words of three classes.
# {p} is a place, {w} a weekday, {d} a direction, {c} a colour, {n} and {m} are figures.
FORMS: dict[str, dict[str, list[Any]]] = {
    "en": {
        "lead": [
            ("Cyclist hurt in {p}", "A cyclist was hurt when a {c} van turned {d} into the high street of {p}, police said. The driver, aged {n}, was not hurt."),
            ("Roadworks in {p}", "Drivers heading {d} through {p} face roadworks for {n} days. The lane for the {c} buses stays open between {m} and 19 in the evening."),
            ("Blaze in {p} put out", "Firefighters put out a blaze in a {c} shed to the {d} of {p}. It took {n} people and {m} engines about an hour."),
        ],
        "rest": [
            "Anybody who saw what happened is asked to call the station.", "The council said that it was sorry for the trouble that this may cause.",
            "No other vehicles were involved, and the road was open again soon.", "A spokeswoman said that the cause was still being looked into.",
            "Residents had complained about the spot before, the parish clerk said.", "Further details will be given when they are known.",
        ],
        "p": ["Marlow", "Otterbourne", "Penrith", "Quorn", "Ripley", "Selby"], "w": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "d": ["north", "south", "east", "west"], "c": ["white", "green", "yellow", "blue", "grey"],
    },
    "es": {
        "lead": [
            ("Corte de agua en {p}", "El ayuntamiento de {p} cortará el agua el próximo {w} durante {n} horas en la zona {d}. Los vecinos verán avisos de color {c} en {m} portales."),
            ("Mercadillo en {p}", "El mercadillo de {p} se celebra este {w} en la plaza {d}, con {n} puestos y toldos de color {c}. Abre a las {m}."),
        ],
        "rest": [
            "El servicio volverá a la normalidad en cuanto terminen los trabajos.", "Desde el consistorio piden disculpas por las molestias.",
            "La policía local regulará el tráfico en las calles cercanas.", "Es la tercera vez que ocurre en lo que va de año, recuerdan los comerciantes.",
            "Quien tenga dudas puede llamar al teléfono de información municipal.",
        ],
        "p": ["Alcázar", "Baena", "Cieza", "Denia", "Écija", "Fraga"], "w": ["lunes", "martes", "miércoles", "jueves", "viernes"],
        "d": ["norte", "sur", "oriental", "vieja"], "c": ["rojo", "verde", "azul", "blanco"],
    },
    "ru": {
        "lead": [
            ("Отключение воды: {p}", "В городе {p} в {w} отключат горячую воду на {n} часов, работы пройдут к {d} от центра. Район отмечен на схеме {c} цветом, в нём {m} домов."),
            ("Новый маршрут: {p}", "С {m} часов в {w} в городе {p} начнёт ходить автобус номер {n}, он пойдёт к {d} от вокзала. Машины выкрашены {c} краской."),
        ],
        "rest": [
            "Об этом сообщили в пресс-службе городской администрации.", "Жителей просят заранее запастись всем необходимым.",
            "Специалисты обещают закончить работы в срок.", "Справки можно получить по телефону диспетчерской службы.", "Подобные работы проводятся каждый год.",
        ],
        "p": ["Брянск", "Вологда", "Ижевск", "Кострома", "Липецк", "Самара"], "w": ["понедельник", "вторник", "среду", "четверг", "пятницу"],
        "d": ["северу", "югу", "востоку", "западу"], "c": ["красным", "зелёным", "жёлтым", "синим"],
    },
    "ar": {
        "lead": [("انقطاع الكهرباء في {p}", "أعلنت شركة الكهرباء أن التيار سينقطع عن أحياء {p} يوم {w} لمدة {n} ساعات في الجهة {d} من المدينة، وأن المناطق المعنية وعددها {m} مرسومة باللون {c} على الخريطة.")],
        "rest": [
            "وطلبت الشركة من السكان أخذ الاحتياطات اللازمة.", "وقال متحدث إن الفرق الفنية تعمل على إنجاز الأشغال في أقرب وقت.",
            "ويمكن للمواطنين الاتصال بالرقم المجاني للاستفسار.", "وتأتي هذه الأشغال ضمن خطة لتحديث الشبكة.",
        ],
        "p": ["طنطا", "أسوان", "المنصورة", "دمياط", "الفيوم", "سوهاج"], "w": ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة"],
        "d": ["الشمالية", "الجنوبية", "الشرقية", "الغربية"], "c": ["الأحمر", "الأخضر", "الأزرق", "الأصفر"],
    },
    "zh": {
        "lead": [("{p}部分道路施工", "记者从{p}交通部门获悉，本周{w}起城{d}一段道路将封闭施工，工期{n}天，期间{m}条公交线路绕行，现场以{c}色标志提示。")],
        "rest": ["请市民提前安排好出行时间。", "交警部门将加强现场疏导。", "施工结束后道路将恢复正常通行。", "有关负责人表示，将尽量减少对居民生活的影响。", "如有疑问可拨打服务热线咨询。"],
        "p": ["宁波", "温州", "绍兴", "嘉兴", "台州", "金华"], "w": ["一", "二", "三", "四", "五"], "d": ["东", "西", "南", "北"], "c": ["红", "黄", "蓝", "绿"],
    },
    "ja": {
        "lead": [("{p}で断水のお知らせ", "{p}では{w}曜日、市の{d}側でおよそ{n}時間にわたって断水が行われます。対象は{m}世帯で、地図では{c}色で示されています。")],
        "rest": ["市は早めに水をためておくよう呼びかけています。", "工事が終わりしだい、元に戻る見込みです。", "詳しくは市のホームページで確認できます。", "周辺の道路では車線の規制も行われます。"],
        "p": ["松山", "高松", "徳島", "高知", "倉敷", "姫路"], "w": ["月", "火", "水", "木", "金"], "d": ["東", "西", "南", "北"], "c": ["赤", "青", "黄", "緑"],
    },
    "th": {
        "lead": [("แจ้งดับไฟ{p}", "การไฟฟ้าแจ้งว่าจะดับกระแสไฟในพื้นที่{p}วัน{w}เป็นเวลา {n} ชั่วโมง ทางทิศ{d}ของเมือง รวม {m} ชุมชน ซึ่งแสดงด้วยสี{c}บนแผนที่")],
        "rest": ["ขออภัยในความไม่สะดวกมา ณ ที่นี้", "ประชาชนสามารถสอบถามรายละเอียดได้ที่สำนักงานใกล้บ้าน", "เจ้าหน้าที่จะเร่งดำเนินการให้แล้วเสร็จโดยเร็ว", "ทั้งนี้เป็นการปรับปรุงระบบประจำปี"],
        "p": ["ระยอง", "ชลบุรี", "ลำปาง", "น่าน", "ตรัง", "ยะลา"], "w": ["จันทร์", "อังคาร", "พุธ", "ศุกร์", "เสาร์"], "d": ["เหนือ", "ใต้", "ออก", "ตก"], "c": ["แดง", "เขียว", "ฟ้า", "เหลือง"],
    },
}  # fmt: skip
WORDS = ("w", "d", "c")
SERIES = 40
"""Frames of each language; three instances of each, of places of their own."""
OFFER = [
    "You have reached the end of what {s} gives away. The rest of this text is for those who pay for our work.",
    "With a pass for one month you read everything on all your devices, from the morning edition to the late letter.",
    "{s} Plus: the first four weeks cost one euro, after that you pay what a coffee costs, and you may leave at any time.",
    "Are you a subscriber of the printed paper? Then the digital one is yours as well; have your number at hand.",
    "Why we ask for money: reporters, photographers and editors work every day so that you know what happens.",
    "Frequently asked: how do I pay, how do I cancel, may I share my access, what does the family pass hold?",
]


def make(bodies: Path, seed: int = 7) -> StorySet:
    """The set: docs and labelled pairs."""
    made = StorySet(seed)
    for language in FORMS:
        places = _places(made.rng, FORMS[language]["p"])
        for number in range(SERIES):
            _series(made, language, number, [places.pop() for _ in range(3)])
    texts = read_texts(bodies, made.rng)
    walled = [_parts(made, number, *text) for number, text in enumerate(texts[:160])]
    for number, text in enumerate(texts[160:220]):
        _live_blog(made, number, *text)
    for one, other in pairwise(walled):
        made.pair(one, other, same=False, kind="two_walled")
    return made


def _places(rng: random.Random, known: list[str]) -> list[str]:
    """Names of places, put together from halves of known ones."""
    halves = [half for name in known for half in (name[: len(name) // 2], name[len(name) // 2 :])]
    whole = {"".join(some).capitalize() for size in (2, 3) for some in permutations(halves[:8], size)}
    return rng.sample(sorted(whole), 3 * SERIES)


def _series(made: StorySet, language: str, number: int, places: list[str]) -> None:
    """Three days of one form at one source, and a copy of each at another."""
    rng, form = made.rng, {**FORMS[language], "p": places}
    title, lead = rng.choice(form["lead"])
    rest = rng.sample(form["rest"], rng.randrange(0, 4))
    if rng.random() < 0.3:
        title += " ({n})"
    frame = (
        [lead, *rest]
        if rng.random() < 0.5
        else [" ".join((lead, *rest)) if language not in "zhja" else lead + "".join(rest)]
    )
    slots = [slot for slot in WORDS if f"{{{slot}}}" in lead]
    source = f"daily{rng.randrange(12)}"
    at = rng.uniform(0, 500)
    values: dict[str, Any] = {slot: rng.choice(form[slot]) for slot in ("p", *WORDS)} | {
        "n": rng.randrange(3, 90),
        "m": rng.randrange(5, 19),
    }
    ids = []
    kinds = ["first", *rng.sample(["one_word", "one_figure", "two_words", "word_and_figure", "all_slots"], 2)]
    for turn, kind in enumerate(kinds):
        values = _next(rng, form, slots, values, kind)
        cluster = f"{language}{number}.{turn}"
        headline, body = _filled(title, frame, values)
        ids.append(_add(made, cluster, source, headline, body, at))
        _copy(made, (cluster, language), ids[-1], (title, frame, slots), values, at)
        at += rng.choice((24, 24, 48, 168)) + rng.uniform(-4, 4)
    for before, after, kind in zip(ids, ids[1:], kinds[1:], strict=False):
        made.pair(before, after, same=False, kind=f"{kind} {language}")


def _next(
    rng: random.Random, form: dict[str, list[Any]], slots: list[str], values: dict[str, Any], kind: str
) -> dict[str, Any]:
    changed = {
        "first": [], "one_word": rng.sample(slots, 1), "two_words": rng.sample(slots, 2), "one_figure": ["n"],
        "word_and_figure": [rng.choice(slots), "n"], "all_slots": ["p", *slots, "n", "m"],
    }[kind]  # fmt: skip
    return values | {slot: _other(rng, form, slot, values[slot]) for slot in changed}


def _other(rng: random.Random, form: dict[str, list[Any]], slot: str, value: Any) -> Any:
    if slot in "nm":
        return rng.choice([n for n in (range(3, 90) if slot == "n" else range(5, 19)) if n != value])
    return rng.choice([word for word in form[slot] if word != value])


def _copy(
    made: StorySet,
    names: tuple[str, str],
    original: int,
    form: tuple[str, list[str], list[str]],
    values: dict[str, Any],
    at: float,
) -> None:
    rng, (cluster, language), (title, frame, slots) = made.rng, names, form
    kind = rng.choice(
        [
            "exact",
            "charset",
            "headline",
            "dateline",
            "mistyped",
            "figure_corrected",
            "figure_corrected",
            "figure_corrected_at_once",
            "word_corrected_at_once",
        ]
    )
    if kind.startswith("figure"):
        values = values | {"n": _other(rng, FORMS[language], "n", values["n"])}
    if kind.startswith("word"):
        slot = rng.choice(slots)
        values = values | {slot: _other(rng, FORMS[language], slot, values[slot])}
    headline, body = _filled(title, frame, values)
    if kind == "charset":
        body = [line.replace(" ", "\u00a0", 3).replace(".", ".\u200b").replace(",", " ,") for line in body]
    if kind == "headline":
        headline = f"{headline} – {rng.choice(('+', 'info', 'local', '24'))}"
    if kind == "dateline":
        body = [f"({rng.choice(('AFX', 'dpx', 'EFX'))}) {body[0]}", *body[1:]]
    if kind == "mistyped":
        body = [_mistyped(rng, body[0]), *body[1:]]
    own = kind.endswith("at_once") and rng.random() < 0.5
    source = made.docs[original]["source"] if own else f"other{rng.randrange(40)}"
    copy = _add(
        made,
        cluster,
        source,
        headline,
        body,
        at + (rng.uniform(0.1, 3) if kind.endswith("at_once") else rng.uniform(0.2, 20)),
    )
    made.pair(original, copy, same=True, kind=f"{kind} {language}")


def _mistyped(rng: random.Random, line: str) -> str:
    """A letter of one word is another one, is missing, is there twice, or has changed places with the next."""
    words = line.split(" ")
    i = rng.choice([n for n, word in enumerate(words) if len(word) > 4 and word.isalpha()] or [0])
    word, at = words[i], rng.randrange(1, max(2, len(words[i]) - 1))
    words[i] = rng.choice((
        word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + word[at - 1] + word[at + 1 :],
        word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    ))  # fmt: skip
    return " ".join(words)


def _filled(title: str, frame: list[str], values: dict[str, Any]) -> tuple[str, list[str]]:
    return title.format(**values), [line.format(**values) for line in frame]


def _add(made: StorySet, cluster: str, source: str, headline: str, body: list[str], at: float) -> int:
    number = made.add(cluster, "note", source, headline, body)
    made.docs[number]["published_at"] = (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=at)).isoformat()
    return number


def _parts(made: StorySet, number: int, headline: str, text: list[str]) -> int:
    """A report and its beginnings before a long wall, the last of which is returned."""
    rng, cluster, at = made.rng, f"part{number}", made.rng.uniform(0, 500)
    whole = _add(made, cluster, f"site{rng.randrange(40)}", headline, text, at)
    for kind, begun in (("wall_first_paragraph", text[:1]), ("wall_two_paragraphs", text[:2])):
        offer = [line.format(s="gazette") for line in rng.sample(OFFER, 5)]
        walled = _add(made, cluster, "gazette", headline, [*begun, *offer], at + rng.uniform(0.2, 20))
        made.pair(whole, walled, same=True, kind=kind)
    return walled


def _live_blog(made: StorySet, number: int, headline: str, text: list[str]) -> None:
    """Two states: the later one has as many updates again, the newest first."""
    at = made.rng.uniform(0, 500)
    updates = [f"{8 + i}:{10 + 3 * i} {line}" for i, line in enumerate(text[1:])]
    early = _add(made, f"live{number}", "live", f"Live: {headline}", updates[: max(2, len(updates) // 2)], at)
    late = _add(made, f"live{number}", "live", f"Live: {headline}", updates[::-1], at + made.rng.uniform(1, 8))
    made.pair(early, late, same=True, kind="live_blog")

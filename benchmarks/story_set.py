"""A third set of near copies, by other edits than the shared one: parts, pages, walls, notes of one form, round-ups.

Texts are gold bodies of the replay web beside the repository, and notes that are written here. Made anew from a seed at
every run; nothing of it is stored.
"""

# ruff: noqa: ARG001, E501  every edit is called with the same arguments; texts are long
from __future__ import annotations

import gzip
import itertools
import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOTES = {
    "quake-en": (
        "Quake of {m} near {p}",
        (
            "An earthquake of magnitude {m} was felt near {p} on {w}, the survey said.\n\nThere were no reports of "
            "damage or of people hurt. Residents are asked to report what they noticed on the website of the survey."
        ),
    ),
    "weather-de": (
        "Das Wetter für {p} am {w}",
        (
            "In {p} wird es am {w} zunächst heiter, später ziehen Wolken auf. Die Temperaturen erreichen {n} Grad, in der "
            "Nacht gehen sie auf {k} Grad zurück.\n\nDer Wind weht schwach aus wechselnden Richtungen. Danach bleibt "
            "es freundlich, meldet der Wetterdienst."
        ),
    ),
    "result-zh": (
        "{p}{k}比{j}战胜{q}",
        (
            "在{w}进行的一场联赛中，{p}主场以{k}比{j}战胜{q}。上半场双方互有攻守，主队凭借角球机会首开纪录。"
            "下半场客队加强进攻，但未能扳平比分。赛后主教练表示，球队的表现令人满意，接下来将全力备战下一轮比赛。现场观众{n}人。"
        ),
    ),
    "quake-ja": (
        "{p}で震度{k}の地震",
        (
            "{w}、{p}で震度{k}を観測する地震がありました。気象庁によりますと、震源の深さは約{n}キロ、"
            "地震の規模を示すマグニチュードは{m}と推定されています。この地震による津波の心配はありません。"
            "今のところ被害の情報は入っていないということです。"
        ),
    ),
    "market-th": (
        "ตลาดหุ้น{p}ปิดวัน{w}",
        (
            "ตลาดหุ้น{p}ปิดการซื้อขายวัน{w}ที่ระดับ {n} จุด เพิ่มขึ้น {k} จุด นักลงทุนยังคงติดตามทิศทางอัตราดอกเบี้ยและราคาน้ำมันในตลาดโลก "
            "นักวิเคราะห์คาดว่าดัชนีจะเคลื่อนไหวในกรอบแคบในสัปดาห์หน้า และแนะนำให้ระมัดระวังการลงทุน"
        ),
    ),
    "rates-ar": (
        "أسعار الذهب في {p} يوم {w}",
        (
            "سجلت أسعار الذهب في {p} يوم {w} نحو {n} للغرام من عيار أربعة وعشرين، بزيادة قدرها {k} عن اليوم السابق."
            "\n\nوقال متعاملون في السوق إن الطلب لا يزال ضعيفا مع ترقب المستثمرين لقرارات البنوك المركزية قريبا."
        ),
    ),
    "court-es": (
        "Condenado un vecino de {p} por conducir sin carné",
        (
            "El juzgado de {p} ha condenado a {q}, vecino de la localidad, por conducir sin carné el pasado {w}. El "
            "acusado reconoció los hechos y deberá realizar trabajos en beneficio de la comunidad.\n\nLa sentencia no es "
            "firme y contra ella cabe recurso ante la audiencia provincial, según informaron fuentes judiciales."
        ),
    ),
    "road-ru": (
        "В городе {p} столкнулись автомобили",
        (
            "Дорожно-транспортное происшествие произошло в городе {p} в {w}. По предварительным данным, столкнулись два "
            "автомобиля, пострадали {j} человека.\n\nНа месте работают сотрудники полиции. Обстоятельства случившегося "
            "выясняются, сообщили в пресс-службе областного управления."
        ),
    ),
    "power-hi": (
        "{p} में {w} को बिजली बंद रहेगी",
        (
            "{p} में {w} को सुबह {j} बजे से बिजली की आपूर्ति बंद रहेगी। बिजली विभाग के अधिकारियों ने बताया कि लाइनों की मरम्मत "
            "का काम किया जाएगा।\n\nउन्होंने उपभोक्ताओं से सहयोग की अपील की है और कहा है कि काम पूरा होते ही आपूर्ति शुरू कर दी जाएगी।"
        ),
    ),
    "flood-ko": (
        "{p} 호우주의보 발령",
        (
            "기상청은 {w} {p} 지역에 호우주의보를 발령했다고 밝혔다. 예상 강수량은 {n}밀리미터이며 강풍이 동반될 것으로 보인다."
            "\n\n기상청 관계자는 하천 주변 산책로와 지하차도 이용을 자제하고 시설물 관리에 유의해 달라고 당부했다."
        ),
    ),
    "fire-en": (
        "Crews called to kitchen fire in {p}",
        (
            "Firefighters were called to a kitchen fire in {p} on {w} evening. Crews put the fire out within {k} minutes, and "
            "nobody was hurt.\n\nThe cause is being looked into. The fire service reminds residents to test their smoke "
            "alarms once a week and never to leave cooking unattended."
        ),
    ),
}
PLACES = {
    "zh": ["青岛", "武汉", "成都", "厦门", "大连", "昆明", "合肥", "济南", "长沙", "南宁", "兰州", "西安"],
    "ja": [
        "札幌市",
        "福岡市",
        "仙台市",
        "長野県北部",
        "熊本県",
        "石川県",
        "岩手県沖",
        "奄美大島",
        "鳥取県",
        "茨城県南部",
        "釧路市",
        "宮崎市",
    ],
    "th": [
        "ไทย",
        "สิงคโปร์",
        "มาเลเซีย",
        "เวียดนาม",
        "ฮ่องกง",
        "ญี่ปุ่น",
        "ไต้หวัน",
        "อินเดีย",
        "เกาหลี",
        "ลอนดอน",
        "ปารีส",
        "นิวยอร์ก",
    ],
    "ar": [
        "القاهرة",
        "الرياض",
        "دبي",
        "عمان",
        "بغداد",
        "بيروت",
        "الكويت",
        "الدوحة",
        "مسقط",
        "تونس",
        "الرباط",
        "الجزائر",
    ],
    "es": [
        "Villanueva",
        "Torrejón",
        "Montijo",
        "Alcorcón",
        "Sestao",
        "Burgos",
        "Lorca",
        "Mahón",
        "Utrera",
        "Gandía",
        "Tudela",
        "Zafra",
    ],
    "ru": ["Калуга", "Тверь", "Омск", "Пермь", "Тула", "Орёл", "Псков", "Рязань", "Уфа", "Чита", "Томск", "Курск"],
    "hi": ["कानपुर", "आगरा", "मेरठ", "लखनऊ", "बरेली", "पटना", "रांची", "जयपुर", "कोटा", "इंदौर", "भोपाल", "नागपुर"],
    "ko": ["부산", "대구", "광주", "대전", "울산", "강릉", "춘천", "청주", "전주", "포항", "제주", "여수"],
    "": [
        "Arden",
        "Belmore",
        "Carrick",
        "Dunholm",
        "Easby",
        "Farleigh",
        "Garrow",
        "Hexwell",
        "Ilkbridge",
        "Jarrow",
        "Kelsall",
        "Lynmouth",
    ],
}
WEEKDAYS = {
    "zh": ["周一", "周二", "周三", "周四", "周五", "周六"],
    "ja": ["1日未明", "3日午前", "7日夜", "12日夕方", "19日早朝", "26日午後"],
    "th": ["จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์"],
    "ar": ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"],
    "es": ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado"],
    "ru": ["понедельник", "вторник", "среду", "четверг", "пятницу", "субботу"],
    "hi": ["सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार"],
    "ko": ["월요일", "화요일", "수요일", "목요일", "금요일", "토요일"],
    "de": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"],
    "": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
}
WALL = (
    "You have read the beginning of this report. Subscribers of {s} read on without limits.",
    (
        "Choose your offer: four weeks for one euro, then twelve euros a month, cancel at any time. Print and digital "
        "together cost less. Already with us? Sign in to read the whole report."
    ),
)
FURNITURE = (
    "This text is part of the service of {s}. Our reporters are on the road for you every day, from early in the morning.",
    "Follow {s} on all channels and never miss what happens where you live. Write to our desk if you know more about it.",
    "More from {s}: pictures of the week, the letters of our readers, and everything that the town talks about.",
)
COMPANY = (
    "About {s} Group",
    (
        "{s} Group is a leading maker of pumps and valves with 4,200 people at 31 sites. Founded in 1926 and listed since "
        "1987, the group had sales of 912 million euros in its last year. Its products are found in water works, ships and "
        "power stations all over the world."
    ),
    (
        "This release holds statements about the future that rest on what the board expects today. Risks that nobody can "
        "foresee may make the figures come out otherwise. {s} Group takes no duty to bring such statements up to date."
    ),
)
LOOKS = {"o": "0", "l": "1", "s": "5", "e": "c", "i": "1"}


@dataclass
class StorySet:
    """Docs as in the shared set, and pairs (a, b, label, kind)."""

    seed: int
    docs: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self._start = datetime(2026, 3, 1, tzinfo=UTC)

    def add(self, cluster: str, kind: str, source: str, headline: str, paragraphs: list[str], after: float = 0) -> int:
        """A doc, `after` hours after those without; its id."""
        number = len(self.docs)
        at = self._start + timedelta(hours=self.rng.uniform(0, 300) if not after else 300 + after)
        self.docs.append(
            {
                "id": number,
                "url": f"https://{source}.example/{number}",
                "cluster": cluster,
                "kind": kind,
                "source": source,
                "headline": headline,
                "body": "\n\n".join(paragraphs),
                "published_at": at.isoformat(),
                "language": None,
                "split": "all",
            }
        )
        return number

    def pair(self, a: int, b: int, *, same: bool, kind: str) -> None:
        """A labelled pair."""
        self.pairs.append({"a": a, "b": b, "label": int(same), "kind": kind, "split": "all"})


def make(bodies: Path, seed: int = 7) -> StorySet:
    """The set, from the file of gold bodies."""
    made = StorySet(seed)
    texts = read_texts(bodies, made.rng)
    for number, (headline, paragraphs) in enumerate(texts[:230]):
        _copies(made, f"t{number}", headline, paragraphs)
    rest = texts[230:]
    _same_furniture(made, rest[:40])
    _round_ups(made, rest[40:120])
    _releases(made, rest[120:150])
    _series(made, rest[150:200])
    for form in NOTES:
        _notes(made, form)
    return made


def read_texts(bodies: Path, rng: random.Random) -> list[tuple[str, list[str]]]:
    """(headline, paragraphs) of the gold bodies that are long enough, in any order."""
    return list(_texts(bodies, rng))


def _texts(bodies: Path, rng: random.Random) -> Iterator[tuple[str, list[str]]]:
    with gzip.open(bodies, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rng.shuffle(rows)
    seen = set()
    for row in rows:
        paragraphs = [text.strip("[]") for text in row["paragraphs"] if len(text) > 40]
        if len(paragraphs) < 4 or sum(map(len, paragraphs)) < 900 or paragraphs[1] in seen:
            continue
        seen.add(paragraphs[1])
        yield " ".join(paragraphs[0].split()[:9])[:80], paragraphs


def _copies(made: StorySet, cluster: str, headline: str, text: list[str]) -> None:
    rng = made.rng
    base = made.add(cluster, "base", f"site{rng.randrange(40)}", headline, text)
    kinds = rng.sample(sorted(EDITS), 3)
    for kind in kinds:
        source = f"site{rng.randrange(40)}"
        edited, title = EDITS[kind](rng, text, source), headline
        if rng.random() < 0.3:
            words = headline.split()
            title = " ".join(["Latest:", *words[1:]])
        made.pair(base, made.add(cluster, kind, source, title, edited), same=True, kind=kind)


def _walled(rng: random.Random, text: list[str], source: str) -> list[str]:
    return [*text[: max(1, len(text) // 5)], *(line.format(s=source) for line in WALL)]


def _first_page(rng: random.Random, text: list[str], source: str) -> list[str]:
    return text[: len(text) // 2]


def _second_page(rng: random.Random, text: list[str], source: str) -> list[str]:
    return text[len(text) // 2 :]


def _excerpt(rng: random.Random, text: list[str], source: str) -> list[str]:
    return [*text[:2], f"Read the whole report at {source}."]


def _furnished(rng: random.Random, text: list[str], source: str) -> list[str]:
    return [FURNITURE[0].format(s=source), *text, *(line.format(s=source) for line in FURNITURE[1:])]


def _scanned(rng: random.Random, text: list[str], source: str) -> list[str]:
    return ["".join(LOOKS.get(char, char) if rng.random() < 0.02 else char for char in line) for line in text]


def _reworded(rng: random.Random, text: list[str], source: str) -> list[str]:
    words = [word for line in text for word in line.split() if word.islower() and len(word) > 3]
    if not words:
        return text
    every = rng.choice((8, 10, 14))
    out, count = [], 0
    for line in text:
        row = line.split()
        for i, word in enumerate(row):
            if word.islower():
                count += 1
                if count % every == 0:
                    row[i] = rng.choice(words)
        out.append(" ".join(row))
    return out


def _paraphrased(rng: random.Random, text: list[str], source: str) -> list[str]:
    sentences = [part for line in text for part in line.split(". ") if part]
    rest = sentences[1:]
    for i in range(0, len(rest) - 1, 2):
        rest[i], rest[i + 1] = rest[i + 1], rest[i]
    words = [word for line in text for word in line.split() if word.islower() and len(word) > 3] or ["and"]
    told = []
    for line in [sentences[0], *rest]:
        row = [rng.choice(words) if word.islower() and rng.random() < 0.25 else word for word in line.split()]
        told.append(" ".join(row) + ".")
    return [" ".join(told[i : i + 3]) for i in range(0, len(told), 3)]


def _reordered(rng: random.Random, text: list[str], source: str) -> list[str]:
    rest = text[1:]
    rng.shuffle(rest)
    return [text[0], *rest]


def _interleaved(rng: random.Random, text: list[str], source: str) -> list[str]:
    out = []
    for number, line in enumerate(text):
        out.append(line)
        if number % 3 == 1:
            out.append(f"Advertisement. The report goes on below. Picture {number}: {source}, all rights reserved.")
    return out


def _grown(rng: random.Random, text: list[str], source: str) -> list[str]:
    return [
        f"{10 + i}:15 Update {i}: the desk of {source} follows what happens here and adds it." for i in range(3)
    ] + text


EDITS = {
    "walled": _walled,
    "first_page": _first_page,
    "second_page": _second_page,
    "excerpt": _excerpt,
    "furnished": _furnished,
    "scanned": _scanned,
    "reworded": _reworded,
    "paraphrased": _paraphrased,
    "reordered": _reordered,
    "interleaved": _interleaved,
    "grown": _grown,
}


def _same_furniture(made: StorySet, texts: list[tuple[str, list[str]]]) -> None:
    """Short reports of one source with its standing text and its wall; different ones."""
    for kind, edit in (("same_furniture", _furnished), ("same_wall", _walled)):
        ids = [
            made.add(f"{kind}{n}", kind, "gazette", headline, edit(made.rng, text[:1], "gazette"))
            for n, (headline, text) in enumerate(texts[:20] if kind == "same_wall" else texts[20:])
        ]
        for a, b in itertools.pairwise(ids):
            made.pair(a, b, same=False, kind=kind)


def _round_ups(made: StorySet, texts: list[tuple[str, list[str]]]) -> None:
    """Briefs, and round-ups that hold eight of them under a headline of their own: each is a story."""
    for n in range(0, len(texts), 8):
        group = texts[n : n + 8]
        briefs = [made.add(f"brief{n + i}", "brief", "ticker", h, t[:1]) for i, (h, t) in enumerate(group)]
        lines = ["What the night brought, in short, from our news desk."] + [t[0] for _, t in group]
        whole = made.add(f"roundup{n}", "round_up", "ticker", f"News of the night, {n}", lines, after=n + 1)
        for brief in briefs:
            made.pair(brief, whole, same=False, kind="round_up")
        for a, b in itertools.pairwise(briefs):
            made.pair(a, b, same=False, kind="two_briefs")


def _releases(made: StorySet, texts: list[tuple[str, list[str]]]) -> None:
    """Releases of one company: own news, long standing text; and a copy of each with a line in front."""
    ids = []
    for n, (headline, text) in enumerate(texts):
        standing = [line.format(s="Korvan") for line in COMPANY]
        own = [f"Korvan Group today gave news of its business. {text[0]}", text[1]]
        ids.append(made.add(f"release{n}", "release", "wire", f"Korvan: {headline}", own + standing))
        copy = made.add(
            f"release{n}", "release_copy", f"site{n}", f"Korvan: {headline}", ["ADVERTISING", *own, *standing[:2]]
        )
        made.pair(ids[-1], copy, same=True, kind="release_copy")
    for a, b in itertools.pairwise(ids):
        made.pair(a, b, same=False, kind="releases")


def _series(made: StorySet, texts: list[tuple[str, list[str]]]) -> None:
    """Instalments of a column: the same beginning, end and title, another text between."""
    ids = [
        made.add(
            f"column{n}",
            "column",
            "gazette",
            f"The morning letter, part {n}",
            [
                (
                    "Good morning, and welcome to the morning letter, in which the editor writes down what the town "
                    "talks about. You get it every working day, and if you like it, tell a friend."
                ),
                *text[:3],
                (
                    "That was the morning letter. Write to me if you have seen something that should be in it tomorrow. "
                    "Until then, keep well."
                ),
            ],
        )
        for n, (_, text) in enumerate(texts)
    ]
    for a, b in itertools.pairwise(ids):
        made.pair(a, b, same=False, kind="column")


def _notes(made: StorySet, form: str) -> None:
    """Forty notes of one form; of each third one a copy and a corrected copy at other sites."""
    rng, language = made.rng, form.rpartition("-")[2]
    headline, body = NOTES[form]
    places, days = PLACES.get(language, PLACES[""]), WEEKDAYS.get(language, WEEKDAYS[""])
    seen: list[int] = []
    for n in range(40):
        values: dict[str, Any] = {
            "p": places[n % len(places)],
            "q": rng.choice(places),
            "w": days[(n // len(places) + n) % len(days)],
            "m": f"{2 + 0.1 * (n * 7 % 40):.1f}",
            "n": 15 + n * 7 % 40 if "weather" in form else 311 + 97 * n,
            "k": 3 + n * 11 % 40,
            "j": rng.randrange(0, 3),
        }
        title, text = headline.format(**values), body.format(**values).split("\n\n")
        seen.append(made.add(f"{form}{n}", form, f"site{rng.randrange(40)}", title, text))
        if n % 3 == 0:
            copy = made.add(f"{form}{n}", f"{form}_copy", f"other{n}", title, text)
            made.pair(seen[-1], copy, same=True, kind=f"{form}_copy")
        if n % 3 == 1:
            edited = [f"({made.rng.choice(('AFX', 'Pressebüro', 'Korr'))}) {text[0]}", *text[1:], "© 2026 Nordwind"]
            copy = made.add(f"{form}{n}", f"{form}_edited", f"other{n}", title, edited)
            made.pair(seen[-1], copy, same=True, kind=f"{form}_edited")
    for a, b in itertools.pairwise(seen):
        made.pair(a, b, same=False, kind=form)
    for a, b in zip(seen, seen[12:], strict=False):  # of the same place
        made.pair(a, b, same=False, kind=f"{form}_same_place")

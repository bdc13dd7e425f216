"""Row 10 of the security figures: hostile queries by the thousand against a served table, and what they do to its processes.

The corpus is drawn from a seed, the same every time; what a query costs is the table's to bound. Short in `tests/gateway/serve`,
10,000 of them in `tests/deep`.
"""

from __future__ import annotations

import base64
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx

__all__ = ["COLUMNS", "KINDS", "Found", "Hostile", "corpus", "processes_of", "run", "write_table"]

COLUMNS = ("record", "district", "price", "longitude", "latitude", "opened", "note")
NUMBERS, TEXTS = ("price", "longitude", "latitude"), ("record", "district", "note")
DEADLINE_S = 5.0
"""`KAIZHA_QUERY_DEADLINE_S` as it is unless said."""
AT_ONCE = 2
ODD = (
    "\u202e", "\u200d", "\ufeff", "e\u0301", "\u0345" * 40, "\U0001f468\u200d\U0001f469\u200d\U0001f467", "ﷺ", "İ",
    "ß", "\x00", "\x1b[2J", "\ud7ff", "\uffff", "𠀀", "Ａ", "%", "_", "\\", "'", '"', "''", "$$", "/*", "--", ";",
)  # fmt: skip

Params = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Hostile:
    """One request: its kind, what is asked (`records.csv`), and the query string as it is sent."""

    kind: str
    what: str
    query: str


def _condition(chance: random.Random) -> str:
    return chance.choice(
        (
            f"price > {chance.randrange(10**6)}",
            f"note LIKE '%{chance.choice(ODD[:8])}%'",
            f"district = '第{chance.randrange(40)}区'",
            f"opened > DATE('20{chance.randrange(10, 30)}-01-01')",
            f"CASEI(note) = CASEI('{'ß' * chance.randrange(1, 9)}')",
            "record IS NULL",
        )
    )


def _nested(chance: random.Random) -> Params:
    text = _condition(chance)
    for _ in range(chance.choice((3, 10, 29, 31, 60, 400))):
        text = chance.choice(("({})", "NOT ({})", "({} AND price > 1)", "({} OR note IS NULL)")).format(text)
    return [("filter", text[: chance.choice((900, 4_000, 16_000, 60_000))])]


def _lists(chance: random.Random) -> Params:
    count = chance.choice((50, 99, 101, 500, 2_000))
    words = [f"R{chance.randrange(10**8):08}" for _ in range(count)]
    if chance.random() < 0.5:
        return [(f"{chance.choice(TEXTS)}__in", ",".join(words))]
    return [("filter", f"record IN ({', '.join(repr(word) for word in words)})")]


def _likes(chance: random.Random) -> Params:
    piece = chance.choice(("%a", "%_", "_", "%%", "%路_", "\\%", "%a%b%c"))
    pattern = piece * chance.choice((5, 40, 300, 2_000)) + chance.choice(("", "\\", "'"))
    words = [
        f"{chance.choice(('', 'NOT '))}note LIKE '{pattern}'" for _ in range(chance.choice((1, 1, 5, 30)))
    ]
    return [("filter", " OR ".join(words)), ("sort", "-note"), ("count", "exact")]


def _patterns(chance: random.Random) -> Params:
    bomb = chance.choice(
        ("(a+)+$", "(.*)*x", "([a-z]+)*!", "^(([a-z])+.)+[A-Z]([a-z])+$", "(?:a|a)*", "a" * 3_000)
    )
    where = chance.choice(("note__contains", "note__startswith", "q", "district", "record__regex"))
    return [(where, bomb * chance.choice((1, 3, 50))), ("count", "exact")]


def _wide(chance: random.Random) -> Params:
    names = [
        chance.choice((*COLUMNS, "row", "json", "rowid", "*")) for _ in range(chance.choice((7, 60, 900)))
    ]
    return [("select", ",".join(names)), ("limit", str(chance.choice((1, 1_000, 1_001, 10**9))))]


def _far(chance: random.Random) -> Params:
    far = chance.choice((10**6, 2**31, 2**63 - 1, 2**63, 10**30, -1))
    sort = [("sort", f"{chance.choice(('', '-'))}{chance.choice(COLUMNS)}")] if chance.random() < 0.8 else []
    return [("offset", str(far)), ("limit", "1000"), *sort, ("count", "exact")]


def _sorts(chance: random.Random) -> Params:
    keys = [
        f"{chance.choice(('', '-', '--'))}{chance.choice(COLUMNS)}{chance.choice(('', '__nullsfirst', '__x'))}"
        for _ in range(chance.choice((1, 5, 5, 6, 300)))
    ]
    return [("sort", ",".join(keys)), ("limit", "1000"), ("offset", str(chance.randrange(10**4)))]


def _odd(chance: random.Random) -> Params:
    word = "".join(chance.choice(ODD) for _ in range(chance.choice((1, 4, 30, 400))))
    where = chance.choice(
        ("note", "note__contains", "q", "sort", "select", "filter", "cursor", "group_by", word)
    )
    return [(where, word if where != "filter" else f"note = '{word}'")]


def _contradictions(chance: random.Random) -> Params:
    count = chance.choice((2, 20, 60, 300))
    words = [f"price {chance.choice('<>')} {chance.randrange(10**6)}" for _ in range(count)]
    more = [("price__gt", "5"), ("price__lt", "5"), ("price__isnull", "true"), ("note__ne", "x")]
    return [("filter", " AND ".join(words)), *chance.sample(more, 3), ("count", "exact")]


def _groups(chance: random.Random) -> Params:
    by = [
        chance.choice((*COLUMNS, "day(opened)", "hour(opened)", "month(note)", "system(1)"))
        for _ in range(chance.choice((1, 2, 5, 5, 6)))
    ]
    metrics = [
        chance.choice(
            ("count", f"count_distinct({chance.choice(COLUMNS)})", f"median({chance.choice(NUMBERS)})")
        )
        for _ in range(chance.choice((1, 5, 10, 40)))
    ]
    having = (
        [("having", f"count {chance.choice('<>')} {chance.randrange(9)}")] if chance.random() < 0.5 else []
    )
    return [
        ("group_by", ",".join(by)),
        ("metrics", ",".join(dict.fromkeys(metrics))),
        ("limit", "1000"),
        *having,
    ]


def _space(chance: random.Random) -> Params:
    corners = [
        f"{chance.uniform(-180, 180):.6f} {chance.uniform(-90, 90):.6f}"
        for _ in range(chance.choice((4, 240, 900)))
    ]
    ring = ", ".join((*corners, corners[0]))
    return chance.choice(
        (
            [("filter", f"S_INTERSECTS(geometry, POLYGON(({ring})))")],
            [("filter", f"S_INTERSECTS(geometry, LINESTRING({ring}))"), ("count", "exact")],
            [
                (
                    "bbox",
                    ",".join(
                        chance.choice(("nan", "inf", "-180", "180", "1e308", "-90", "90")) for _ in range(4)
                    ),
                )
            ],
            [
                (
                    "near",
                    f"{chance.uniform(-180, 180)},{chance.uniform(-90, 90)},{chance.choice(('1', '1e9', '-1', 'inf'))}",
                )
            ],
        )
    )


def _cursors(chance: random.Random) -> Params:
    made = chance.choice(
        (
            ["0" * 16, "x", chance.randrange(10**6), 0],
            [chance.randrange(2**70)] * 4,
            {"a": [[]] * 50},
            [[[[[[]]]]]],
            "x" * 5_000,
            None,
        )
    )
    text = base64.urlsafe_b64encode(json.dumps(made).encode()).rstrip(b"=").decode()
    if chance.random() < 0.3:
        text = base64.urlsafe_b64encode(chance.randbytes(chance.choice((1, 24, 3_000)))).decode()
    return [("cursor", text), ("sort", chance.choice(COLUMNS))]


def _facets(chance: random.Random) -> Params:
    names = [chance.choice(COLUMNS) for _ in range(chance.choice((1, 5, 6, 50)))]
    return [
        ("facets", ",".join(dict.fromkeys(names))),
        ("note__contains", chance.choice(("", "路", "1"))),
        ("limit", "1000"),
    ]


def _mixed(chance: random.Random) -> Params:
    several = chance.sample((_nested, _likes, _sorts, _contradictions, _facets, _space, _wide), 3)
    return [one for made in several for one in made(chance)]


KINDS: dict[str, tuple[str, Callable[[random.Random], Params]]] = {
    "nesting": ("records", _nested),
    "lists": ("records", _lists),
    "likes": ("records", _likes),
    "patterns": ("records", _patterns),
    "wide": ("records", _wide),
    "offsets": ("records", _far),
    "sorts": ("records", _sorts),
    "odd": ("", _odd),
    "contradictions": ("", _contradictions),
    "groups": ("aggregate", _groups),
    "space": ("", _space),
    "cursors": ("records", _cursors),
    "facets": ("records", _facets),
    "mixed": ("records", _mixed),
}


def corpus(count: int, seed: int = 1) -> list[Hostile]:
    """`count` hostile queries, as many of each kind."""
    chance = random.Random(seed)
    kinds = list(KINDS.items())

    def one(number: int) -> Hostile:
        name, (what, make) = kinds[number % len(kinds)]
        what = what or chance.choice(("records", "aggregate"))
        ending = chance.choice(("", "", "", ".csv", ".ndjson", ".geojson", ".exe"))
        pairs = make(chance)
        query = urlencode(
            [(key, word.encode("utf-8", "surrogatepass")) for key, word in pairs], quote_via=quote
        )
        if chance.random() < 0.02:  # bytes that are no UTF-8
            query += chance.choice(("&%ff=1", "&note=%ed%a0%80", "&%00", "&" * 500, "&=%"))
        return Hostile(name, what + ending, query[:60_000])

    return [one(number) for number in range(count)]


def write_table(path: Path, rows: int) -> None:
    """A table with a key, few and many different values, a place, a day and a text of its own in each row."""
    chance = random.Random(3)
    with path.open("w", encoding="utf-8") as out:
        out.write(",".join(COLUMNS) + "\n")
        for number in range(rows):
            out.write(
                f"R{number:08},第{number % 37}区,{chance.randrange(10**8) / 100},{chance.uniform(120, 122):.6f},"
                f"{chance.uniform(30, 32):.6f},20{number % 20 + 10}-{number % 12 + 1:02}-15,"
                f"{'维修' * (number % 5)}设施{chance.randrange(10**9)}{'aab' * (number % 9)}\n"
            )


@dataclass
class Found:
    """What became of a run: statuses by kind, the slowest answer, what was wrong, and the processes before and after
    (resident bytes, open files, query workers)."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    wrong: list[str] = field(default_factory=list)
    before: tuple[int, int, int] = (0, 0, 0)
    after: tuple[int, int, int] = (0, 0, 0)
    workers_bytes: int = 0

    def by_status(self) -> dict[int, int]:
        total: Counter[int] = Counter()
        for (_, status), number in self.statuses.items():
            total[status] += number
        return dict(sorted(total.items()))


def run(url: str, supervisor: int, queries: Sequence[Hostile], warm: int) -> Found:
    """Send all of them, `AT_ONCE` at a time. The processes are looked at after the first `warm`, when caches have begun to
    fill, and at the end."""
    found = Found()
    with httpx.Client(timeout=60, limits=httpx.Limits(max_connections=AT_ONCE)) as client:

        def send(one: Hostile) -> tuple[Hostile, httpx.Response | None, float]:
            address = f"{url}/api/v1/datasets/hostile/{one.what}?{one.query}"
            begun = time.monotonic()
            try:
                answer: httpx.Response | None = client.get(httpx.URL(address))
            except httpx.TransportError:
                answer = None
            return one, answer, time.monotonic() - begun

        with ThreadPoolExecutor(AT_ONCE) as threads:
            for part in (queries[:warm], queries[warm:]):
                for one, answer, taken in threads.map(send, part):
                    _judge(found, one, answer, taken)
                found.before = found.before if any(found.before) else processes_of(supervisor)
        found.after = _settled(url, supervisor, found.before[2])
        found.workers_bytes = sum(map(_resident, _workers(supervisor)))
        good = client.get(f"{url}/api/v1/datasets/hostile/aggregate?metrics=count&group_by=district")
        if good.status_code != 200 or len(good.json()["records"]) != 37:
            found.wrong.append(f"an ordinary query afterwards: {good.status_code}")
    return found


def _judge(found: Found, one: Hostile, answer: httpx.Response | None, taken: float) -> None:
    status = answer.status_code if answer is not None else 0
    found.statuses[(one.kind, status)] += 1
    found.slowest = max(found.slowest, (taken, f"{one.kind} {status}"))
    why = ""
    if answer is None:
        why = "no answer"
    elif status == 503:
        why = (
            ""
            if "retry-after" in answer.headers and answer.json()["code"] == "unavailable"
            else "a dishonest 503"
        )
    elif status >= 500 or status in (401, 403, 429):
        why = "a status that nothing here calls for"
    elif status >= 400 and not (answer.json()["message"]["zh"] and answer.json()["remedy"]["en"]):
        why = "a refusal without a way out"
    elif any(word in answer.text for word in ("Traceback", "duckdb", "Binder Error")):
        why = "an engine's words"
    if why:
        found.wrong.append(f"{why}: {status} {one.what}?{one.query[:300]}")


def _settled(url: str, supervisor: int, wanted: int) -> tuple[int, int, int]:
    """The processes once as many workers live as before (a new one takes about a second to start)."""
    end = time.monotonic() + 30
    while (seen := processes_of(supervisor))[2] < wanted and time.monotonic() < end:
        time.sleep(0.2)
    while httpx.get(f"{url}/health/ready").status_code != 200 and time.monotonic() < end:
        time.sleep(0.2)
    return seen


def processes_of(supervisor: int) -> tuple[int, int, int]:
    """Resident bytes and open files of the serve process, and how many query workers it has."""
    (serve,) = (pid for pid in _children(supervisor) if b"gateway.processes\0serve" in _command(pid))
    files = len(list(Path(f"/proc/{serve}/fd").iterdir()))
    return _resident(serve), files, len(_workers(supervisor))


def _workers(supervisor: int) -> list[int]:
    serving = (pid for pid in _children(supervisor) if b"gateway.processes\0serve" in _command(pid))
    return [pid for serve in serving for pid in _children(serve) if b"worker_main.py" in _command(pid)]


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(status.parent.name))
        except OSError:
            continue
    return found


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4_096
    except OSError:
        return 0

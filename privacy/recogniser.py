"""What a recogniser is: one row of data about one kind of personal information, from which both stages of detection are
made (`privacy.recognise`), so they cannot drift apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from catalog.decision import MaskOperator
from catalog.finding import FieldRole, Grade
from catalog.text import Text
from privacy.patterns import ALNUM, BEFORE_CERTIFICATE, GATE_CERTIFICATE, GATE_HAN_DIGITS, LABEL_GAP, run

__all__ = [
    "GBT_35273",
    "GBT_35273_B",
    "GBT_45574",
    "PIPL_4",
    "PIPL_28",
    "Recogniser",
    "Shape",
    "in_sentence",
    "labelled",
    "under_header",
]

PIPL_4 = "《个人信息保护法》第四条 PIPL art. 4"
PIPL_28 = "《个人信息保护法》第二十八条 PIPL art. 28"
GBT_35273 = "GB/T 35273-2020 附录A annex A"
GBT_35273_B = "GB/T 35273-2020 附录B annex B"
GBT_45574 = "GB/T 45574-2025 敏感个人信息 sensitive personal information"


@dataclass(frozen=True, slots=True)
class Shape:
    """One form of an entity, over folded text (`privacy.alphabet`): explicit classes, no shorthand, no dot. The gate is
    in the syntax of RE2, the rest in Python's.

    `core` is the span; `gate` is what the engine looks for in its place: it must match every text in which the shape does,
    and be cheap, which is to count characters rather than look at them (`privacy.patterns.run`). `before` (consumed, not
    part of the span) must stand in front of the core, `after` behind it; `not_before` and `not_after` are classes of characters that may
    not touch it. `announced`: a label stands in front, which is worth a header. `checked`: so loose a form that it counts
    only where the row's check agrees, whatever the header.
    """

    core: str
    gate: str
    before: str = ""
    after: str = ""
    not_before: str = "0-9"
    not_after: str = "0-9"
    announced: bool = False
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Recogniser:
    """One kind of information.

    `shapes` are found in any text; `bare` ones only where the header says what the column holds; `alone` ones where one
    is the whole cell. `validate` takes a squeezed span; with `only_valid` an invalid span
    outside a hinted column and behind no label is no finding, otherwise it is reported as shaped like the entity. `values` is an RE2
    pattern for column-level entities: what a cell must hold, under a header that hints the entity; `anywhere` one that
    counts under any header, and `anywhere_holds` a sign that each such cell holds (empty: one beyond ASCII). `opaque`: what
    an unreadable cell under a hinting header must at least hold to be a question.
    `sure_in_text`: of such a form, or so labelled, that a mention needs nothing else to speak for it.
    `beside`: found where it stands beside something of a person (`privacy.beside`).
    `context`: the table must be about persons for the field to be personal. `least`: the share of cells (0..1) that
    `values` must fill to count, 0 = any cell. `near`: words that, close to a mention in free text, speak for it.
    """

    entity: str
    title: Text
    personal: bool
    role: FieldRole
    grade: Grade
    operator: MaskOperator
    basis: tuple[str, ...]
    shapes: tuple[Shape, ...] = ()
    bare: tuple[Shape, ...] = ()
    alone: tuple[Shape, ...] = ()
    validate: Callable[[str], bool] | None = field(default=None, compare=False)
    only_valid: bool = False
    header_zh: str = ""
    header_en: str = ""
    values: str = ""
    anywhere: str = ""
    anywhere_holds: str = ""
    opaque: str = ""
    context: bool = False
    least: float = 0.5
    near: tuple[str, ...] = ()
    beside: bool = False
    sure_in_text: bool = False

    @property
    def one_en(self) -> str:
        """The English title as one of its kind: with its article, or with none where it is a mass or several."""
        title = self.title.en
        if _UNCOUNTED.search(title):
            return title
        return f"{'an' if _VOWEL.match(title) else 'a'} {title}"

    @property
    def in_text(self) -> bool:
        """Whether it is found inside longer text, so that its spans can be taken out of it."""
        return bool(self.shapes) or self.beside


def labelled(core: str, chinese: str, english: str = "", words: str = "", gap: str = LABEL_GAP) -> Shape:
    """A value that the words of its label announce (Latin in any case): what only its label tells from other numbers.
    `core` as in `Shape`; `chinese` and `english` are alternatives of a pattern, `gap` what may stand between.
    `words` are plain Latin abbreviations so short that they count only as a word of their own, also within a name
    written like_this or likeThis."""
    rest = "[A-Za-z_]{0,16}"
    spelt = [chinese] if chinese else []
    gates = [chinese] if chinese else []
    if english:
        spelt.append(f"(?i:{english}){rest}")
        gates.append(f"(?i:{english})")
    if words:
        camel = "|".join(
            form for word in words.split("|") for form in dict.fromkeys((word.capitalize(), word.upper()))
        )
        spelt.append(
            f"(?:(?<![A-Za-z])(?i:{words})|(?<=[a-z])(?:{camel}))(?:_{rest}|(?<=[a-z])[A-Z]{rest}|{_WORD_END}){_NO_CODE}"
        )
        first = "".join(sorted({word[0].upper() for word in words.split("|")}))
        gates.append(f"(?:^|[^A-Za-z])(?i:{words})|[a-z][{first}]")
    return Shape(
        core,
        "|".join(gates),
        before=f"(?:{'|'.join(spelt)}){gap}",
        not_before="",
        not_after=ALNUM,
        announced=True,
    )


def under_header(core: str) -> tuple[Shape, ...]:
    """A number as documents have it, where the header says which; in Chinese numerals too."""
    return (Shape(core, run(6), not_after=ALNUM), Shape(core, GATE_HAN_DIGITS, not_after=ALNUM))


def in_sentence(core: str) -> Shape:
    """A certificate's letters and digits with no label, as a word of a Chinese sentence or a field of a line: not behind a
    word that numbers something else."""
    return Shape(core, GATE_CERTIFICATE, before=_SENTENCE, not_before="", not_after=f"{ALNUM}._/\\-")


_UNCOUNTED = re.compile("data$|coordinates$|^income ")
_VOWEL = re.compile("[AEIOaeio]|[Uu](?!ni)")
"""Titles that take "an" by their sound: an age, an IMEI; a unified code."""
_SENTENCE = (
    f"(?<={BEFORE_CERTIFICATE})(?<![A-Za-z][ ])(?<![号码型款批编单版第])(?<![号码型款批编单版第][:： ])"
    "(?<![Nn]o)(?<![Nn]o[.:： ])"
)
_NO_CODE = "(?![./\\-][0-9A-Za-z])"
"""BAH-3957 is a product."""
_WORD_END = "(?:id|no|num|number|code|hm?|bh)?(?![A-Za-z])"

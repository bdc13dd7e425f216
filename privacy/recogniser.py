"""What a recogniser is: one row of data about one kind of personal information, from which both stages of detection are
made (`privacy.recognise`), so they cannot drift apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from catalog.decision import MaskOperator
from catalog.finding import FieldRole, Grade
from catalog.text import Text
from privacy.patterns import ALNUM, LABEL_GAP

__all__ = ["GBT_35273", "GBT_35273_B", "GBT_45574", "PIPL_4", "PIPL_28", "Recogniser", "Shape", "labelled"]

PIPL_4 = "《个人信息保护法》第四条 PIPL art. 4"
PIPL_28 = "《个人信息保护法》第二十八条 PIPL art. 28"
GBT_35273 = "GB/T 35273-2020 附录A annex A"
GBT_35273_B = "GB/T 35273-2020 附录B annex B"
GBT_45574 = "GB/T 45574-2025 敏感个人信息 sensitive personal information"


@dataclass(frozen=True, slots=True)
class Shape:
    """One form of an entity, over folded text (`privacy.alphabet`), in the syntax RE2 and Python share:
    explicit classes, no shorthand, no dot.

    `core` is the span; `gate` is what the engine looks for in its place: it must match every text in which the shape does,
    and be cheap, which is to count characters rather than look at them (`privacy.patterns.run`). `before` (consumed, not
    part of the span) must stand in front of the core; `not_before` and `not_after` are classes of characters that may
    not touch it.
    """

    core: str
    gate: str
    before: str = ""
    not_before: str = "0-9"
    not_after: str = "0-9"
    announced: bool = False


@dataclass(frozen=True, slots=True)
class Recogniser:
    """One kind of information.

    `shapes` are found in any text; `bare` ones only where the header says what the column holds, or (with
    `bare_alone`) where one is the whole cell. `validate` takes a squeezed span; with `only_valid` an invalid span
    outside a hinted column is no finding, otherwise it is reported as shaped like the entity. `values` is an RE2
    pattern for column-level entities: what a cell must hold, under a header that hints the entity; `anywhere` one that
    counts under any header. `opaque`: what an unreadable cell under a hinting header must at least hold to be a question.
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
    bare_alone: bool = False
    validate: Callable[[str], bool] | None = field(default=None, compare=False)
    only_valid: bool = False
    header_zh: str = ""
    header_en: str = ""
    values: str = ""
    anywhere: str = ""
    opaque: str = ""
    context: bool = False
    least: float = 0.5
    near: tuple[str, ...] = ()
    beside: bool = False
    sure_in_text: bool = False

    @property
    def in_text(self) -> bool:
        """Whether it is found inside longer text, so that its spans can be taken out of it."""
        return bool(self.shapes) or self.beside

    @property
    def sensitive(self) -> bool:
        """Whether it is sensitive personal information (PIPL art. 28; GB/T 45574-2025)."""
        return self.personal and (PIPL_28 in self.basis or GBT_45574 in self.basis)


def labelled(core: str, chinese: str, english: str = "") -> Shape:
    """A value that the words of its label announce (Latin in any case): what only its label tells from other numbers."""
    words = "|".join(part for part in (chinese, f"(?i:{english})" if english else "") if part)
    spelt = "|".join(
        part for part in (chinese, f"(?i:{english})[A-Za-z_]{{0,16}}" if english else "") if part
    )
    return Shape(
        core, words, before=f"(?:{spelt}){LABEL_GAP}", not_before="", not_after=ALNUM, announced=True
    )

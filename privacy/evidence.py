"""From counts to findings: when the cells of one column, with its header, amount to personal information, and how surely.

The thresholds are a table to read. A doubt is a LOW finding, which a person decides; it is never dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from catalog.dataset import Column, ColumnType
from catalog.finding import Confidence, FieldRole, Finding
from catalog.text import Text
from privacy.headers import is_version, numbers_a_thing
from privacy.recognisers import BY_ENTITY, RECOGNISERS, Recogniser

__all__ = ["MOSTLY", "ColumnFacts", "EntityTally", "column_findings"]

MOSTLY = 0.5
"""Share of cells from which an entity is what the column holds."""
SURE_VALID = 0.8
"""Share of valid check digits from which they are no chance (one random number in eleven passes)."""
CHANCE_IN_NUMBERS = 0.3
"""Whole numbers reach an identifier's shape by magnitude; below this share, with no header, that is what they did."""
MEASURES = 0.1
"""Share of cells with a fraction from which a text column is a measure."""
ALONE_AT_LEAST = 0.8
"""A letter and eight digits are a passport only where nearly all cells of that form can be one (other letters, or a
year behind the letter, make it a serial number), and then still a question."""
NAMES_AGREE = 0.5
"""Share of name-shaped cells the lexicon must confirm. Measured: names .92, streets, companies, products .00-.04."""
LONG_COLUMN, RARE = 500, 0.002
"""Of a column with so many cells, so small a share is an exception or chance."""
_WORDED = frozenset({"PERSON_NAME", "ADDRESS"})
SURE_OF_CARDS = 0.3
"""Share of the long numbers with a card's first digits that must pass Luhn for them to be cards (chance: one in ten)."""
_OF_CHANCE = frozenset({"BANK_CARD", "RESIDENT_ID"})
FEW = 0.05
"""Below this share of cells under an announcing header, other content is the rule and the few are exceptions."""


@dataclass(frozen=True, slots=True)
class EntityTally:
    """Cells of a column that hold an entity, those it fills, and the share of valid ones (None: nothing to check)."""

    entity: str
    cells: int
    whole: int
    valid_ratio: float | None


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What was counted in one column. `cells` are the filled ones, `tests` counts of passed column-level tests
    (named in `privacy.scan`), `names` cells the lexicon confirmed (None: not asked), `names_varied` the distinct
    confirmed and the distinct name-shaped values, `context` the share of mentions in free text that their surroundings
    speak for."""

    column: Column
    cells: int
    hinted: frozenset[str] = frozenset()
    tallies: tuple[EntityTally, ...] = ()
    tests: Mapping[str, int] = field(default_factory=dict)
    names: int | None = None
    names_varied: tuple[int, int] = (0, 0)
    context: Mapping[str, float] = field(default_factory=dict)


def column_findings(facts: ColumnFacts) -> tuple[Finding, ...]:
    """The findings of one column; ratios are over its filled cells."""
    if not facts.cells:
        return ()
    found = {finding.entity: finding for finding in _by_shape(facts)}
    for finding in (*_by_name(facts), *_by_values(facts), *_opaque(facts, found)):
        previous = found.get(finding.entity)
        if previous is None or (finding.whole_cell and finding.cells >= previous.cells):
            found[finding.entity] = finding
    return tuple(sorted(found.values(), key=lambda finding: (-finding.cells, finding.entity)))


def _by_shape(facts: ColumnFacts) -> Iterator[Finding]:
    for tally in facts.tallies:
        row = BY_ENTITY[tally.entity]
        ratio = tally.cells / facts.cells
        announced = tally.entity in facts.hinted
        whole = 2 * tally.whole >= tally.cells
        numeric = (
            facts.column.type is not ColumnType.TEXT
            or facts.tests.get("decimal", 0) >= MEASURES * facts.cells
        )
        if numeric and not announced and _by_magnitude(facts, tally, ratio):
            continue
        if row.alone and whole and not announced and _serial(facts):
            continue
        if not announced and row.entity in _OF_CHANCE and (few := _by_chance(facts, tally)) is not None:
            if few:
                yield _finding(facts, row, few, 1.0, True, False, False)
            continue
        if row.entity == "IP" and not announced and is_version(facts.column):
            continue
        if row.alone and row.only_valid and whole and not announced and ratio < MOSTLY:
            continue  # one number in ten passes Luhn
        if not announced and _is_rare(row, tally, facts):
            yield _finding(facts, row, tally.cells, tally.valid_ratio, True, False, False)
            continue
        sure = _sure_of_column(row, tally, ratio, announced) if whole else _sure_in_text(tally, facts)
        yield _finding(facts, row, tally.cells, tally.valid_ratio, sure, whole, announced)


def _by_magnitude(facts: ColumnFacts, tally: EntityTally, ratio: float) -> bool:
    """Whether the numbers reach the identifier's shape by growing: few do, among many others that are large too."""
    return ratio < CHANCE_IN_NUMBERS and tally.cells < MOSTLY * facts.tests.get("tall", facts.cells)


def _is_rare(row: Recogniser, tally: EntityTally, facts: ColumnFacts) -> bool:
    """Whether so few cells of a long column hold the number that they are cut out, and nobody is asked about the rest."""
    numbered = row.personal and row.role is FieldRole.IDENTIFIER and row.entity not in _WORDED
    return numbered and facts.cells >= LONG_COLUMN and tally.cells <= RARE * facts.cells


def _by_chance(facts: ColumnFacts, tally: EntityTally) -> int | None:
    """None where the numbers are no chance; else how many cells of a column of other long numbers are to be cut out all
    the same: identity numbers by their check digit and date, but no cards, of which one number in ten is one."""
    valid = round((tally.valid_ratio or 0.0) * tally.cells)
    if 2 * tally.whole < tally.cells:
        return None
    if tally.entity == "BANK_CARD":
        headed = facts.tests.get("headed", 0)
        return 0 if valid < SURE_OF_CARDS * headed else None
    return valid if tally.cells < FEW * facts.tests.get("long", 0) else None


def _serial(facts: ColumnFacts) -> bool:
    """Whether the cells of a letter and digits number something else than certificates of persons."""
    if "RESIDENT_ID" in facts.hinted:
        return False
    if numbers_a_thing(facts.column):
        return True
    lettered = facts.tests.get("lettered", 0)
    alone = sum(tally.whole for tally in facts.tallies if BY_ENTITY[tally.entity].alone)
    if not lettered:
        return False
    return alone < ALONE_AT_LEAST * lettered or facts.tests.get("dated", 0) >= MOSTLY * lettered


def _sure_of_column(row: Recogniser, tally: EntityTally, ratio: float, announced: bool) -> bool:
    if not row.personal:
        return True
    valid = tally.valid_ratio is None or tally.valid_ratio >= SURE_VALID
    if announced:
        return ratio >= MOSTLY or valid
    return (
        ratio >= MOSTLY and valid and not row.alone and row.role is not FieldRole.NONE and row.entity != "IP"
    )


def _sure_in_text(tally: EntityTally, facts: ColumnFacts) -> bool:
    if not BY_ENTITY[tally.entity].personal:
        return True
    checked = (
        tally.valid_ratio is not None
        and tally.valid_ratio >= SURE_VALID
        and tally.entity in {"RESIDENT_ID", "BANK_CARD"}
    )
    spoken_for = facts.context.get(tally.entity, 0.0) >= MOSTLY and tally.entity != "PERSON_NAME"
    return checked or spoken_for or BY_ENTITY[tally.entity].sure_in_text


def _by_name(facts: ColumnFacts) -> Iterator[Finding]:
    row = BY_ENTITY["PERSON_NAME"]
    announced = row.entity in facts.hinted
    shaped = facts.tests.get("name", 0)
    share = shaped / facts.cells
    agreement = (facts.names or 0) / shaped if shaped else 0.0
    latin = max(facts.tests.get("latin", 0), facts.tests.get("known", 0))
    dotted = facts.tests.get("dotted", 0)
    if announced and share >= FEW:
        yield _finding(facts, row, shaped, None, share >= MOSTLY and agreement >= 0.3, True, True)
    elif share >= MOSTLY and agreement >= NAMES_AGREE:
        yield _finding(facts, row, shaped, None, share >= 0.8 and agreement >= 0.7, True, False)
    elif max(latin, dotted) >= (FEW if announced else MOSTLY) * facts.cells > 0:
        yield _finding(facts, row, max(latin, dotted), None, False, True, announced)
    elif facts.names_varied[0] >= max(2, NAMES_AGREE * facts.names_varied[1]):
        yield _finding(facts, row, facts.names or 0, None, False, True, False)


def _by_values(facts: ColumnFacts) -> Iterator[Finding]:
    for entity in sorted(facts.hinted):
        row = BY_ENTITY[entity]
        cells = facts.tests.get(f"values:{entity}", 0)
        if row.values and cells >= max(1, row.least * facts.cells):
            yield _finding(facts, row, cells, None, True, True, True)
    for row in RECOGNISERS:
        cells = facts.tests.get(f"anywhere:{row.entity}", 0)
        if row.anywhere and cells >= MOSTLY * facts.cells:
            yield _finding(facts, row, cells, None, True, True, row.entity in facts.hinted)


def _opaque(facts: ColumnFacts, found: Mapping[str, Finding]) -> Iterator[Finding]:
    """The header announces it and the cells hold something, but not in a form that could be read: a question."""
    read = sum(finding.cells for finding in found.values() if finding.whole_cell)
    for entity in sorted(facts.hinted):
        row = BY_ENTITY[entity]
        cells = facts.tests.get(f"opaque:{entity}", 0)
        others = sum(
            f.cells
            for e, f in found.items()
            if e != entity and f.whole_cell and BY_ENTITY[e].role is not FieldRole.NONE
        )
        named = facts.tests.get("name", 0) if entity == "PERSON_NAME" else 0
        known = max(read, others, named)
        if row.opaque and cells - known >= max(1, FEW * facts.cells) and entity not in found:
            yield _finding(facts, row, cells, None, False, True, True)


def _finding(
    facts: ColumnFacts,
    row: Recogniser,
    cells: int,
    valid: float | None,
    sure: bool,
    whole: bool,
    announced: bool,
) -> Finding:
    ratio = cells / facts.cells
    evidence = [
        Text(
            f"{cells} 个单元格（{ratio:.1%}）{'为' if whole else '含有'}{row.title.zh}形式",
            f"{cells} cells ({ratio:.1%}) {'are' if whole else 'contain something'} of the form of {row.one_en}",
        )
    ]
    if valid is not None:
        evidence.append(Text(f"其中 {valid:.1%} 校验通过", f"{valid:.1%} of them pass the check"))
    if announced:
        evidence.append(Text(f"列名表示{row.title.zh}", f"the header announces {row.one_en}"))
    if not sure:
        evidence.append(Text("证据不足，需人工判断", "not enough to be sure: a person decides"))
    confidence = Confidence.HIGH if sure else Confidence.LOW
    return Finding(
        facts.column.name, row.entity, cells, ratio, valid, confidence, whole, row.personal, tuple(evidence)
    )

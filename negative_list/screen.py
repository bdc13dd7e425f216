"""May it be opened: one subject against the entries in force on a day, as a Decision that explains itself.

Pure and replayable. Each matched effect joins its terms into the dataset, its columns or the rows kept back; what is
unclassified or fails to evaluate is shut. Adding an entry can only tighten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from types import MappingProxyType

from catalog.dataset import Access
from catalog.decision import (
    OPEN,
    SHUT,
    Audience,
    Decision,
    MaskOperator,
    Reason,
    RowExclusion,
    Scope,
    Terms,
    Visibility,
)
from catalog.finding import Classification, Confidence
from catalog.subject import Subject
from catalog.text import Text
from negative_list.effect import Effect, spelled, terms_of
from negative_list.entry import Clause, Entry
from negative_list.grade import JURISDICTION
from negative_list.index import Index
from negative_list.match import Match, match_clause
from negative_list.rows import NO_ROWS, row_predicate
from negative_list.toml_grades import GRADE_POLICIES, default_audience
from negative_list.view import View

__all__ = [
    "ACCESS_RULE",
    "BUILT_IN",
    "DEFERRED",
    "EXEMPTED",
    "GRADE_RULE",
    "REGRADE_RULE",
    "UNCLASSIFIED_RULE",
    "UNEVALUABLE",
    "decided",
    "screen",
]

BUILT_IN = "built-in"  # list version of the rules that need no list
ACCESS_RULE = "access"
GRADE_RULE = "grade"
REGRADE_RULE = "regrade"  # the grade is an officer's word, higher than what was proposed
UNCLASSIFIED_RULE = "unclassified"
# `Reason.clause` of an entry that failed while it was judged: it shuts the dataset.
UNEVALUABLE = "unevaluable"
# `Reason.effect` of an entry in force that cannot be judged from one dataset (`Joinable`): it changes no terms until the
# mosaic check at publish has measured the join with what is open (`Facts.joined`).
DEFERRED = "deferred"
# `Reason.effect` of a clause that would have applied, had an exemption not lifted its entry: it changes no terms.
EXEMPTED = "exempted"


def screen(
    subject: Subject,
    entries: Sequence[Entry] | Index,
    on: date,
    *,
    jurisdiction: str = JURISDICTION,
    exempt: frozenset[str] = frozenset(),
) -> Decision:
    """The decision on `subject` under the entries in force `on` that day. Who screens many subjects against one list
    builds its `Index` once.

    Row effects are decided at the source stage only: the planned output has those rows removed already, and the
    columns that tell them (a birth date, say) may have been masked. The caller joins both stages' decisions.

    `exempt` holds the ids of entries that an approved, unexpired exemption lifts for this one dataset. An entry that
    is not exemptible is never lifted, nor is one that fails to evaluate (nobody has exempted what was not seen); a
    deferred one stays deferred, for the check that decides it. The built-in rules are no entries.
    """
    index = entries if isinstance(entries, Index) else Index(entries)
    view = index.view(subject, on)
    parts = [*_built_in(subject, jurisdiction), *_unknown_jurisdiction(jurisdiction)]
    for entry, clauses, deferred in index.candidates(view):
        parts += _screened(entry, clauses, view, exempt)
        if deferred:
            parts.append(Decision(reasons=frozenset({_deferred(entry)})))
    return Decision.of(parts)


def decided(decision: Decision) -> frozenset[Reason]:
    """The reasons that changed terms or rows: neither deferred nor exempted."""
    return frozenset(reason for reason in decision.reasons if reason.effect not in (DEFERRED, EXEMPTED))


def _screened(
    entry: Entry, clauses: Sequence[Clause], view: View, exempt: frozenset[str]
) -> Iterable[Decision]:
    lifted = entry.entry_id in exempt and entry.governance.exemptible
    found: list[Decision] = []
    try:
        for clause in clauses:
            match = match_clause(clause, view)
            effects = tuple(_effects(entry, match, view)) if match else ()
            if match and effects and lifted:
                found.append(Decision(reasons=frozenset({_exempted(entry, match, view)})))
            else:
                found += effects
    except Exception as failure:
        return [_failed(entry, view, type(failure).__name__)]
    return found


def _effects(entry: Entry, match: Match, view: View) -> Iterator[Decision]:
    for effect in match.clause.effects:
        match effect.scope:
            case Scope.DATASET:
                terms = terms_of(effect.spelling, view.subject.facts, view.on)
                if terms != OPEN:
                    yield Decision(dataset=terms, reasons=frozenset({_reason(entry, match, effect, view)}))
            case Scope.COLUMN:
                yield from _on_columns(entry, match, effect, view)
            case Scope.ROWS:
                yield from _on_rows(entry, match, effect, view)


def _on_columns(entry: Entry, match: Match, effect: Effect, view: View) -> Iterator[Decision]:
    terms = terms_of(effect.spelling, view.subject.facts, view.on)
    names = (
        {name for term in effect.on for name in view.columns_of(term)} if effect.on else set(match.columns)
    )
    if terms != OPEN:
        for name in names:
            reason = _reason(entry, match, effect, view, name)
            yield Decision(columns=MappingProxyType({name: terms}), reasons=frozenset({reason}))


def _on_rows(entry: Entry, match: Match, effect: Effect, view: View) -> Iterator[Decision]:
    if view.subject.stage != "source":
        return
    predicate = row_predicate(effect.rows, view) if effect.rows else None
    if predicate is None:
        undetermined = Effect(effect.spelling, Scope.DATASET)
        yield Decision(dataset=SHUT, reasons=frozenset({_reason(entry, match, undetermined, view)}))
    elif predicate != NO_ROWS:
        kept_back = frozenset({RowExclusion(predicate, entry.entry_id)})
        yield Decision(rows=kept_back, reasons=frozenset({_reason(entry, match, effect, view)}))


def _evidence(subject: Subject, column: str | None) -> int:
    """Cells in which something was found in the column; the rows of the table where the heading alone told."""
    known = subject.classifications.get(column) if column else None
    cells = max((finding.cells for finding in known.findings), default=0) if known else 0
    return cells or subject.facts.rows


def _reason(entry: Entry, match: Match, effect: Effect, view: View, column: str | None = None) -> Reason:
    return Reason(
        entry_id=entry.entry_id,
        list_version=entry.identity.list_version,
        scope=effect.scope,
        effect=spelled(effect.spelling),
        text=entry.identity.description,
        remedy=match.clause.remedy,
        legal_basis=tuple(str(basis) for basis in entry.governance.legal_basis),
        clause=match.clause.name,
        column=column,
        evidence_count=_evidence(view.subject, column),
        threshold=match.asked,
        actual=match.found,
    )


def _failed(entry: Entry, view: View, failure: str) -> Decision:
    reason = Reason(
        entry_id=entry.entry_id,
        list_version=entry.identity.list_version,
        scope=Scope.DATASET,
        effect="deny",
        text=Text(
            "该条目无法判断，按不予开放处理", "This entry could not be evaluated, so nothing is opened"
        ),
        remedy=Text("请合规人员检查该条目的条件", "A compliance officer has to check the entry's conditions"),
        legal_basis=tuple(str(basis) for basis in entry.governance.legal_basis),
        clause=UNEVALUABLE,
        evidence_count=view.subject.facts.rows,
        actual=failure,
    )
    return Decision(dataset=SHUT, reasons=frozenset({reason}))


def _exempted(entry: Entry, match: Match, view: View) -> Reason:
    """Of the dataset as a whole, whichever its effects' scopes: an exemption lifts an entry for a dataset."""
    return Reason(
        entry_id=entry.entry_id,
        list_version=entry.identity.list_version,
        scope=Scope.DATASET,
        effect=EXEMPTED,
        text=entry.identity.description,
        remedy=match.clause.remedy,
        legal_basis=tuple(str(basis) for basis in entry.governance.legal_basis),
        clause=match.clause.name,
        evidence_count=_evidence(view.subject, None),
        threshold=match.asked,
        actual=match.found,
    )


def _deferred(entry: Entry) -> Reason:
    return Reason(
        entry_id=entry.entry_id,
        list_version=entry.identity.list_version,
        scope=Scope.DATASET,
        effect=DEFERRED,
        text=entry.identity.description,
        remedy=entry.clauses[0].remedy,
        legal_basis=tuple(str(basis) for basis in entry.governance.legal_basis),
        clause=entry.clauses[0].name,
    )


# ---- rules that need no list


def _built_in(subject: Subject, jurisdiction: str) -> Iterator[Decision]:
    yield from _publisher_statement(subject)
    for column in subject.schema:
        known = subject.classifications.get(column.name)
        if known is None:
            yield _column(
                column.name,
                SHUT,
                UNCLASSIFIED_RULE,
                "deny",
                Text("该列未能分类", "This column could not be classified"),
                Text(
                    "请由合规人员确认其类别后再提交",
                    "A compliance officer has to classify it; submit again then",
                ),
            )
        else:
            yield from _graded(known, subject, jurisdiction)


def _publisher_statement(subject: Subject) -> Iterator[Decision]:
    access = subject.dataset.access
    if access is Access.UNCONDITIONAL:
        return
    shut = access is Access.PROHIBITED
    yield Decision(
        dataset=SHUT if shut else Terms(audience=Audience.GRANTED),
        reasons=frozenset(
            {
                Reason(
                    entry_id=ACCESS_RULE,
                    list_version=BUILT_IN,
                    scope=Scope.DATASET,
                    effect="deny" if shut else "conditional()",
                    text=Text("提供方声明该数据禁止开放", "The publisher states that this may not be opened")
                    if shut
                    else Text("提供方声明该数据有条件开放", "The publisher opens this on conditions only"),
                    remedy=Text(
                        "如声明有误，请提供方改正开放属性",
                        "If that is a mistake, the publisher corrects the access rights",
                    ),
                    clause=str(access),
                )
            }
        ),
    )


def _graded(known: Classification, subject: Subject, jurisdiction: str) -> Iterator[Decision]:
    """Grade → default audience. A field to be masked leaves masked, and the planned output is graded again; a field
    that would leave as it is opens to its grade's audience. L2 and L3 concern the dataset, whose grade is that of
    its strictest visible field; L4 shuts the field."""
    audience = default_audience(known.grade, jurisdiction)
    if audience is Audience.PUBLIC:
        return
    threshold, why = str(known.grade), known.why
    rule = GRADE_RULE if known.proposed is None or known.grade <= known.proposed else REGRADE_RULE
    if subject.stage == "source" and known.operator is not MaskOperator.KEEP:
        if (
            known.confidence is Confidence.HIGH
        ):  # a low-confidence one is put to a person, who may decide otherwise
            remedy = Text(
                f"该列定级 {threshold}，脱敏后方可离开；如确需原值请申请",
                f"Graded {threshold}: it leaves masked; apply for raw values",
            )
            masked = Terms(visibility=Visibility.MASKED, operators=frozenset({known.operator}))
            yield _column(
                known.column,
                masked,
                rule,
                f"mask({known.operator})",
                why,
                remedy,
                threshold,
                jurisdiction,
            )
        return
    if audience is Audience.NOBODY:
        remedy = Text("脱敏、泛化或汇总后重新提交", "Mask, generalise or aggregate it and submit again")
        yield _column(known.column, SHUT, rule, "deny", why, remedy, threshold, jurisdiction)
    elif subject.stage == "planned":
        access = GRADE_POLICIES[jurisdiction].rules[known.grade].access
        reason = Reason(
            entry_id=rule,
            list_version=BUILT_IN,
            scope=Scope.DATASET,
            effect="conditional()",
            text=Text(
                f"可见字段最高定级 {threshold}（{access.zh}）：{why.zh}",
                f"A visible field is graded {threshold} ({access.en}): {why.en}",
            ),
            remedy=Text(
                "由合规人员复核定级，或隐去该列后重新提交",
                "An officer reviews the grade, or drop the column and submit again",
            ),
            legal_basis=_grade_basis(jurisdiction),
            clause=threshold,
            threshold="L1",
            actual=f"{known.column}: {threshold}",
        )
        yield Decision(dataset=Terms(audience=audience), reasons=frozenset({reason}))


def _column(
    name: str,
    terms: Terms,
    rule: str,
    effect: str,
    text: Text,
    remedy: Text,
    clause: str = "",
    jurisdiction: str | None = None,
) -> Decision:
    reason = Reason(
        entry_id=rule,
        list_version=BUILT_IN,
        scope=Scope.COLUMN,
        effect=effect,
        text=text,
        remedy=remedy,
        legal_basis=_grade_basis(jurisdiction) if jurisdiction else (),
        clause=clause,
        column=name,
    )
    return Decision(columns=MappingProxyType({name: terms}), reasons=frozenset({reason}))


def _grade_basis(jurisdiction: str) -> tuple[str, ...]:
    policy = GRADE_POLICIES.get(jurisdiction)
    return policy.basis if policy else ()


def _unknown_jurisdiction(jurisdiction: str) -> Iterator[Decision]:
    if jurisdiction in GRADE_POLICIES:
        return
    reason = Reason(
        entry_id=GRADE_RULE,
        list_version=BUILT_IN,
        scope=Scope.DATASET,
        effect="deny",
        text=Text("未知的辖区，没有定级规则", "This jurisdiction has no grading rule here"),
        remedy=Text(f"可用：{'、'.join(GRADE_POLICIES)}", f"Use one of: {', '.join(GRADE_POLICIES)}"),
        clause="jurisdiction",
    )
    yield Decision(dataset=SHUT, reasons=frozenset({reason}))

"""Personal data held raw: which columns of a version hold some, and whether their contract says on what lawful basis, for
what purpose and for how long (PIPL, articles 13, 6 and 19). Where it does not, its steward is asked.

Masking what leaves answers another question: the domain zone keeps the cells as they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from catalog.contract import DURATION, Contract, PersonalData
from catalog.errors import BadInput, Where
from catalog.finding import Classification, Confidence, FieldRole
from catalog.release import Question, QuestionKind
from catalog.text import Text

__all__ = ["TERMS", "check_term", "personal_questions", "stated", "unstated"]


class Term(NamedTuple):
    asked: Text
    example: Text


TERMS: Mapping[str, Term] = {
    "lawful_basis": Term(
        Text("合法性依据", "the lawful basis"), Text("《…条例》第×条", "Regulation on …, article …")
    ),
    "purpose": Term(Text("处理目的", "the purpose"), Text("企业登记", "registration of enterprises")),
    "retention": Term(Text("保存期限", "the retention"), Text("P3Y", "P3Y")),
}
"""What has to be said of personal data, in the words of the answers; the order in which it is asked."""
SHOWN = 20


def unstated(
    classifications: Iterable[Classification], contract: Contract, answers: Mapping[str, str]
) -> tuple[str, ...]:
    """Columns with personal findings of which the contract says no basis. A doubt that nobody has settled is none yet."""
    covered = {name for one in contract.personal for name in one.fields}
    return tuple(
        one.column
        for one in classifications
        if one.column not in covered
        and one.role is not FieldRole.NONE
        and any(finding.personal for finding in one.findings)
        and (one.confidence is Confidence.HIGH or f"column:{one.column}" in answers)
    )


def personal_questions(columns: Sequence[str]) -> list[Question]:
    """What the steward is asked of these columns, by name and never by value."""
    if not columns:
        return []
    zh, en = "、".join(columns[:SHOWN]), ", ".join(columns[:SHOWN])
    if len(columns) > SHOWN:
        zh, en = f"{zh} 等 {len(columns)} 列", f"{en} and {len(columns) - SHOWN} more"
    return [
        Question(
            QuestionKind.PERSONAL,
            name,
            Text(
                f"以原值持有个人信息的列：{zh}；合同没有写明{term.asked.zh}",
                f"Personal data is held raw in {en}; the contract does not say {term.asked.en}",
            ),
            Text(
                f"请答复：--set {name}={term.example.zh}；或在合同的 personal 中写明后重新提交；"
                "不需要的列请从源数据中删去",
                f'Say it: --set {name}="{term.example.en}"; or state it in the contract under personal and submit again; '
                "take columns that are not needed out of the source",
            ),
            "steward",
        )
        for name, term in TERMS.items()
    ]


def stated(columns: Sequence[str], answers: Mapping[str, str]) -> PersonalData | None:
    """What the answers say of these columns; None where they do not say all of it."""
    said = {name: answers[name] for name in TERMS if name in answers}
    if not columns or said.keys() != TERMS.keys():
        return None
    basis, purpose = said["lawful_basis"], said["purpose"]
    return PersonalData(tuple(columns), Text(basis, basis), Text(purpose, purpose), said["retention"])


def check_term(name: str, value: str) -> None:
    """Raises BadInput for an answer that says nothing, or a retention that is no duration."""
    if name == "retention" and not DURATION.fullmatch(value):
        raise BadInput(
            Text("retention 的形式是 P3Y、P6M 或 P180D", "retention is written P3Y, P6M or P180D"),
            Text("年用 Y，月用 M，日用 D", "Y for years, M for months, D for days"),
            Where(parameter=name),
        )
    if name in TERMS and (not value.strip() or value == "accept"):
        term = TERMS[name]
        raise BadInput(
            Text(f"没有写明{term.asked.zh}", f"It does not say {term.asked.en}"),
            Text(f"例如 --set {name}={term.example.zh}", f'For example --set {name}="{term.example.en}"'),
            Where(parameter=name),
        )

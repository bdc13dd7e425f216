"""What a machine must not decide: the questions of a submission, each with who answers it and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from catalog.contract import Contract
from catalog.contract_draft import said_of
from catalog.contract_version import FIRST
from catalog.dataset import ReadingChoice
from catalog.decision import Audience, Decision, MaskOperator, Scope
from catalog.finding import Classification, Confidence, Grade
from catalog.release import Question, QuestionKind
from catalog.text import Text
from gateway.publish.personal import personal_questions
from gateway.publish.plan import NOT_PERSONAL, ReleasePlan
from gateway.publish.request import Request
from gateway.publish.thresholds import quality_questions
from negative_list import GRADE_RULE, REGRADE_RULE, decided

__all__ = ["open_questions", "questions"]

K = QuestionKind


def questions(
    request: Request,
    proposals: Mapping[str, str],
    choices: Sequence[ReadingChoice],
    classifications: Mapping[str, Classification],
    plan: ReleasePlan,
    decision: Decision,
    quality_score: float | None,
    grade: Grade,
    k: tuple[int, int] | None,
    on: date,
    rules_in_error: int = 0,
    graded: Mapping[str, Grade] = MappingProxyType({}),
    draft: Contract | None = None,
    unstated: Sequence[str] = (),
    scores: Mapping[str, float | None] = MappingProxyType({}),
) -> tuple[Question, ...]:
    """Every question of a submission, answered or not.

    `proposals` holds metadata that was not given; `rules_in_error` counts the contract's quality rules that could not
    be evaluated; `graded` are the fields of the output that an officer has graded L2 or above, `grade` is that of the others;
    `draft` is the contract that the gate has drafted, where none was filed; `unstated` are columns with personal data of
    which the contract says no lawful basis; `scores` by dimension, None = not measured;
    `k` = (smallest group of the planned output, group size asked for), where it is about persons.
    """
    return (
        *_reading(choices, request),
        *_metadata(proposals),
        *_contract(draft),
        *_low_confidence(classifications, plan),
        *_masking(classifications, plan),
        *personal_questions(unstated),
        *quality_questions(request.contract, quality_score, rules_in_error, scores),
        *_grade(grade, request.metadata.grade),
        *_regraded(graded),
        *_terms(decision, k, on),
    )


def is_an_officers_word(field: str, value: str) -> bool:
    """Whether this answer lets something out, so that it is an officer's whether or not its question is open now."""
    return field.partition(":")[0] in ("grade", "quality") or value == NOT_PERSONAL


def open_questions(asked: Sequence[Question], request: Request) -> tuple[Question, ...]:
    """Those still to be answered: not set, not accepted, and not covered by `--yes`."""
    return tuple(
        q for q in asked if not (_is_answered(q, request) or (request.yes and q.kind.accepted_by_yes))
    )


def _is_answered(question: Question, request: Request) -> bool:
    answer = request.answers.get(question.field)
    # an officer who confirms L2 or above has not let it out
    return answer == Grade.L1.name if question.kind is K.GRADE else answer is not None


def _reading(choices: Sequence[ReadingChoice], request: Request) -> list[Question]:
    return [
        Question(
            K.READING,
            f"reading:{choice.what}",
            choice.evidence,
            Text(
                f"接受，或用 --set reading:{choice.what}=值 指定",
                f"Accept it, or set it: --set reading:{choice.what}=VALUE",
            ),
            "steward",
            choice.value,
        )
        for choice in choices
        if not choice.certain and choice.what not in request.reading
    ]


def _metadata(proposals: Mapping[str, str]) -> list[Question]:
    return [
        Question(
            K.METADATA,
            field,
            Text(f"未给出 {field}，建议为“{value}”", f'No {field} was given; "{value}" is proposed'),
            Text(f"接受，或用 --set {field}=值 指定", f"Accept it, or set it: --set {field}=VALUE"),
            "steward",
            value,
        )
        for field, value in proposals.items()
    ]


def _contract(draft: Contract | None) -> list[Question]:
    """A dataset without a contract promises nothing: one is drafted, and promised by who accepts it."""
    if draft is None:
        return []
    said = said_of(draft)
    return [
        Question(
            K.CONTRACT,
            "contract",
            Text(
                f"没有合同；按所读数据起草了一份：{said.zh}。各字段的定义只能由提供单位写，未写定义的字段不计入数据项",
                f"There is no contract; this one is drafted from what was read: {said.en}. What a field means only its "
                "publisher can say, and a field without a definition is no data item",
            ),
            Text(
                "接受即承诺所列字段；或以 --contract 文件 提交自己的合同（形式见 docs/contract.md）",
                "Accept it to promise these fields; or submit again with a contract of your own: --contract FILE "
                "(docs/contract.md)",
            ),
            "steward",
            FIRST,
        )
    ]


def _low_confidence(classifications: Mapping[str, Classification], plan: ReleasePlan) -> list[Question]:
    seen = {planned.source.name for planned in plan.columns} | {one.name for one in plan.withheld}
    return [
        Question(
            K.LOW_CONFIDENCE,
            f"column:{name}",
            Text(
                f"列“{name}”可能含个人信息：{one.why.zh}",
                f'Column "{name}" may hold personal information: {one.why.en}',
            ),
            Text(
                f"由合规人员判断：接受建议的处理，或 --set column:{name}={NOT_PERSONAL}",
                f"An officer decides: accept what is proposed, or --set column:{name}={NOT_PERSONAL}",
            ),
            "officer",
            str(one.operator),
        )
        for name, one in classifications.items()
        if name in seen and one.confidence is Confidence.LOW
    ]


def _masking(classifications: Mapping[str, Classification], plan: ReleasePlan) -> list[Question]:
    chosen = {planned.source: planned.operator for planned in plan.columns}
    asked = []
    for column, operator in chosen.items():
        one = classifications[column.name]
        if operator is not MaskOperator.KEEP and one.confidence is Confidence.HIGH:
            asked.append((column.name, operator, one.why))
    dropped = {one.name for one in plan.withheld}
    for name, one in classifications.items():
        if name in dropped and one.operator is MaskOperator.DROP and one.confidence is Confidence.HIGH:
            asked.append((name, MaskOperator.DROP, one.why))
    return [
        Question(
            K.MASKING,
            f"column:{name}",
            Text(
                f"列“{name}”将按 {operator} 处理：{why.zh}",
                f'Column "{name}" is to be masked by {operator}: {why.en}',
            ),
            Text("接受，或指定更严格的方式", "Accept it, or set a stricter operator"),
            "steward",
            str(operator),
        )
        for name, operator, why in asked
    ]


def _grade(measured: Grade, given: Grade | None) -> list[Question]:
    grade = max(measured, given or measured)
    if grade is Grade.L1:
        return []
    return [
        Question(
            K.GRADE,
            "grade",
            Text(
                f"拟开放内容定级为 {grade}，二级及以上不直接向公众开放",
                f"What would be opened is graded {grade}; L2 and above is not opened to everybody at once",
            ),
            Text(
                "由合规人员复核定级（--set grade=L1），或隐去相关列后再提交",
                "An officer reviews the grade (--set grade=L1), or drop the columns it rests on and submit again",
            ),
            "officer",
        )
    ]


def _regraded(graded: Mapping[str, Grade]) -> list[Question]:
    """What an officer has said of single fields: no answer about the whole output takes that back."""
    if not graded:
        return []
    named = "、".join(f"{name}={grade}" for name, grade in graded.items())
    return [
        Question(
            K.GRADE,
            "regrade",
            Text(
                f"合规人员对这些列的定级不向公众开放：{named}",
                f"An officer has graded fields so that they are not opened to everybody: {named}",
            ),
            Text(
                "隐去这些列（--set column:列名=drop），或由合规人员重新定级（kaizha review grade）",
                "Drop them (--set column:NAME=drop), or an officer grades them anew (kaizha review grade)",
            ),
            "officer",
        )
    ]


def _terms(decision: Decision, k: tuple[int, int] | None, on: date) -> list[Question]:
    terms, asked = decision.dataset, []
    # a grade's default audience is the question about the grade; only the list's own conditions are asked here
    conditions = {one.entry_id for one in decided(decision) if one.scope is Scope.DATASET} - {
        GRADE_RULE,
        REGRADE_RULE,
    }
    if terms.audience is Audience.GRANTED and conditions:
        asked.append(
            Question(
                K.TERMS,
                "terms",
                Text(
                    "清单要求有条件开放，需申请和授权", "The list opens this to grantees only, on application"
                ),
                Text(
                    "等待有条件开放功能，或由合规人员复核",
                    "It waits for conditional opening, or an officer reviews it",
                ),
                "officer",
            )
        )
    if terms.not_before and terms.not_before > on:
        asked.append(
            Question(
                K.TERMS,
                "not_before",
                Text(
                    f"清单要求 {terms.not_before} 起方可开放",
                    f"The list opens this from {terms.not_before} on",
                ),
                Text("到期后重新提交", "Submit it again on that day"),
                "officer",
                due=terms.not_before,
            )
        )
    if k and k[0] < k[1]:
        asked.append(
            Question(
                K.TERMS,
                "k",
                Text(
                    f"拟开放内容中最小群体只有 {k[0]} 人，要求不少于 {k[1]}",
                    f"The smallest group of persons has {k[0]}, at least {k[1]} are asked for",
                ),
                Text(
                    "泛化或隐去准标识列（--set column:列名=drop）",
                    "Generalise or drop quasi-identifiers (--set column:NAME=drop)",
                ),
                "officer",
            )
        )
    return asked

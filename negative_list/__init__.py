"""May it be opened, by law? Entries of the negative list, screening against them, and the decision in words.

The workbook edges `calamine_sheet` and `xlsxwriter_sheet` are imported by name: screening does not pay for them.
"""

from negative_list.check import check_list
from negative_list.condition import AnyOf, Term
from negative_list.diff import Difference, diff_lists
from negative_list.effect import Effect
from negative_list.entry import Basis, Clause, DataKind, Entry, Governance, Identity, NegativeList, Status
from negative_list.explain import explain, explain_json, explain_reason, verdict
from negative_list.grade import JURISDICTION, GradePolicy, GradeRule
from negative_list.grading import Grading, graded_output, graded_source, seen_field
from negative_list.index import Index, concerned
from negative_list.match import Match
from negative_list.outcome import is_refused, may_leave, useful_columns, withheld_columns
from negative_list.problem import Problem
from negative_list.screen import (
    ACCESS_RULE,
    BUILT_IN,
    DEFERRED,
    EXEMPTED,
    GRADE_RULE,
    REGRADE_RULE,
    UNCLASSIFIED_RULE,
    UNEVALUABLE,
    decided,
    screen,
)
from negative_list.sheet import Change, Sheet
from negative_list.sheet_apply import apply_sheet, place_of
from negative_list.toml_grades import GRADE_POLICIES, default_audience, parse_grades
from negative_list.toml_list import load_list, load_starter, parse_list
from negative_list.toml_render import render_list

__all__ = [
    "ACCESS_RULE",
    "BUILT_IN",
    "DEFERRED",
    "EXEMPTED",
    "GRADE_POLICIES",
    "GRADE_RULE",
    "JURISDICTION",
    "REGRADE_RULE",
    "UNCLASSIFIED_RULE",
    "UNEVALUABLE",
    "AnyOf",
    "Basis",
    "Change",
    "Clause",
    "DataKind",
    "Difference",
    "Effect",
    "Entry",
    "Governance",
    "GradePolicy",
    "GradeRule",
    "Grading",
    "Identity",
    "Index",
    "Match",
    "NegativeList",
    "Problem",
    "Sheet",
    "Status",
    "Term",
    "apply_sheet",
    "check_list",
    "concerned",
    "decided",
    "default_audience",
    "diff_lists",
    "explain",
    "explain_json",
    "explain_reason",
    "graded_output",
    "graded_source",
    "is_refused",
    "load_list",
    "load_starter",
    "may_leave",
    "parse_grades",
    "parse_list",
    "place_of",
    "render_list",
    "screen",
    "seen_field",
    "useful_columns",
    "verdict",
    "withheld_columns",
]

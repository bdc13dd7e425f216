"""Mutation testing of what decides: each mutant is one small change of a module, in a copy; some test has to fail.

``python tests/deep/mutants.py MODULE… [--only N…] [--parallel 2]`` prints every survivor with its place and its change;
docs/mutants.md says of each why it is equivalent. Run by hand: a module takes minutes to an hour.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

import duckdb  # noqa: F401 - imported before the fork, once for all mutants
import hypothesis
import hypothesis.strategies
import pyarrow.parquet  # noqa: F401
import pydantic  # noqa: F401
import pytest
import re2  # noqa: F401
import sqlalchemy  # noqa: F401
import sqlglot  # noqa: F401

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 240
PACKAGES = ("catalog", "quality", "privacy", "negative_list", "gateway", "samples", "tests", "pyproject.toml")

LISTS = (
    "tests/negative_list/test_screen.py",
    "tests/negative_list/test_rows.py",
    "tests/negative_list/test_index.py",
    "tests/negative_list/test_laws.py",
    "tests/negative_list/test_starter.py",
)
TESTS: dict[str, tuple[str, ...]] = {
    "catalog/decision.py": ("tests/catalog/test_decision.py", LISTS[3], LISTS[0]),
    "negative_list/match.py": LISTS,
    "negative_list/screen.py": ("tests/negative_list/test_grading.py", *LISTS),
    "negative_list/view.py": ("tests/negative_list/test_view.py", *LISTS[:3]),
    "negative_list/sieve.py": ("tests/negative_list/test_sieve.py", LISTS[2]),
    "negative_list/index.py": (LISTS[2], LISTS[0]),
    "negative_list/pattern_set.py": ("tests/negative_list/test_pattern_set.py",),
    "gateway/publish/plan.py": (
        "tests/gateway/publish/test_plan.py",
        "tests/gateway/publish/test_examine.py",
    ),
    "gateway/access/permissions.py": ("tests/gateway/access/test_permissions.py",),
}

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
}
CALLED = {"max": "min", "min": "max", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its number within the module, its line, and the statement before and after."""

    number: int
    line: int
    change: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module's text, in the order of the text."""
    tree = ast.parse(source)
    _strip(tree)
    places = [node for node in ast.walk(tree) if not _is_typing(node)]
    number = 0
    for place in range(len(places)):
        for choice in range(_choices(places[place])):
            mutated = copy.deepcopy(tree)
            node = [one for one in ast.walk(mutated) if not _is_typing(one)][place]
            before = ast.unparse(node)
            _change(node, choice)
            ast.fix_missing_locations(mutated)
            text = ast.unparse(mutated)
            if text == ast.unparse(tree):
                continue
            number += 1
            after = ast.unparse(node)
            yield Mutant(number, getattr(node, "lineno", 0), f"{_short(before)}  →  {_short(after)}", text)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 110 else f"{words[:60]} … {words[-45:]}"


def _is_typing(node: ast.AST) -> bool:
    """Annotations are no behaviour: their unions are marked by `_strip` and left alone."""
    return getattr(node, "annotation_only", False)


def _choices(node: ast.AST) -> int:
    """How many ways the node can be changed."""
    match node:
        case ast.Compare(ops=[op]):
            return len(COMPARED[type(op)])
        case ast.BoolOp(values=values):
            return 1 + len(values)  # the other operator, or one operand left out
        case ast.UnaryOp(op=ast.Not()):
            return 1
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            return 1 if type(op) in RECKONED else 0
        case ast.Constant(value=bool()):
            return 1
        case ast.Constant(value=int()):
            return 2
        case ast.Call(func=ast.Name(id=name)):
            return 1 if name in CALLED else 0
        case ast.Return(value=value) if value is not None:
            return 0 if isinstance(value, ast.Constant) and value.value is None else 1
        case ast.If() | ast.IfExp():
            return 2
        case ast.Match(cases=cases):
            return len(cases) if len(cases) > 1 else 0
        case ast.comprehension(ifs=ifs):
            return len(ifs)
        case ast.Continue() | ast.Break():
            return 1
        case ast.Expr(value=ast.Yield() | ast.YieldFrom() | ast.Call()):
            return 1
    return 0


def _change(node: ast.AST, choice: int) -> None:
    match node:
        case ast.Compare(ops=[op]):
            node.ops = [COMPARED[type(op)][choice]()]
        case ast.BoolOp(op=op, values=values):
            if choice:
                node.values = [one for place, one in enumerate(values) if place != choice - 1]
            else:
                node.op = ast.And() if isinstance(op, ast.Or) else ast.Or()
        case ast.UnaryOp():
            node.op = ast.UAdd()
            node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            node.op = RECKONED[type(op)]()
        case ast.Constant(value=bool() as value):
            node.value = not value
        case ast.Constant(value=int() as value):
            node.value = value + (1 if choice else -1)
        case ast.Call(func=ast.Name() as name):
            name.id = CALLED[name.id]
        case ast.Return():
            node.value = ast.Constant(None)
        case ast.If() | ast.IfExp():
            node.test = ast.Constant(bool(choice))
        case ast.Match(cases=cases):
            del cases[choice]
        case ast.comprehension(ifs=ifs):
            del ifs[choice]
        case ast.Continue() | ast.Break():
            node.__class__ = ast.Break if isinstance(node, ast.Continue) else ast.Continue  # type: ignore[assignment]
        case ast.Expr():
            node.value = ast.Constant(None)


def _strip(tree: ast.AST) -> None:
    """Mark what stands in annotations, and how a dataclass is made (frozen, slots)."""
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", ()):
            for inner in ast.walk(decorator):
                inner.annotation_only = True
        for name in ("annotation", "returns"):
            part = getattr(node, name, None)
            if isinstance(part, ast.AST):
                for inner in ast.walk(part):
                    inner.annotation_only = True  # type: ignore[attr-defined]


def copied(origin: Path, folder: Path) -> Path:
    """The tree in a folder of its own, with its compiled files (which stay valid: the times are copied too)."""
    for name in PACKAGES:
        if (origin / name).is_dir():
            shutil.copytree(origin / name, folder / name)
        else:
            shutil.copy2(origin / name, folder / name)
    return folder


def run_tests(folder: Path, tests: Sequence[str]) -> None:
    """In a process of its own, forked with the third-party modules imported and none of ours: start and end quickly."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.chdir(folder)
    os.setpgrp()
    sys.path[:] = [str(folder), *(path for path in sys.path if not path or not _is_ours(Path(path)))]
    os.environ["PYTHONPATH"] = str(folder)
    # The same examples for every mutant, and none made small: that it fails is enough.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", phases=phases, derandomize=True, database=None)
    hypothesis.settings.load_profile("mutants")
    os._exit(pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests], plugins=[QuickFirst()]))


class QuickFirst:
    """The tests of one example before those of hundreds, which kill the same mutants a hundred times as slowly."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False)))


def _is_ours(path: Path) -> bool:
    return path.resolve() == ROOT or ROOT / "tests" in path.resolve().parents


def survivors(base: Path, module: str, drawn: Sequence[Mutant], parallel: int) -> list[Mutant]:
    """The mutants with which all tests pass. One with which they do not end is named as timed out, to be looked at by hand."""
    waiting, running, alive = list(drawn), list[_Run](), list[Mutant]()
    while waiting or running:
        while waiting and len(running) < parallel:
            running.append(_Run.start(base, module, waiting.pop(0)))
        time.sleep(0.05)
        for run in [one for one in running if one.ended()]:
            running.remove(run)
            if run.process.exitcode == 0:
                alive.append(run.mutant)
            fate = (
                "alive"
                if run.process.exitcode == 0
                else "timed out"
                if run.process.exitcode == -9
                else "killed"
            )
            sys.stderr.write(f"{module} #{run.mutant.number}: {fate}\n")
    return alive


@dataclass(slots=True)
class _Run:
    mutant: Mutant
    folder: tempfile.TemporaryDirectory[str]
    process: ForkProcess
    begun: float

    @classmethod
    def start(cls, base: Path, module: str, mutant: Mutant) -> _Run:
        folder = tempfile.TemporaryDirectory(prefix="mutant-")
        (copied(base, Path(folder.name)) / module).write_text(mutant.source, "utf-8")
        process = get_context("fork").Process(target=run_tests, args=(Path(folder.name), TESTS[module]))
        process.start()
        return cls(mutant, folder, process, time.monotonic())

    def ended(self) -> bool:
        if self.process.is_alive():
            if time.monotonic() - self.begun < TIMEOUT_S:
                return False
            self.process.kill()
        self.process.join()
        self.folder.cleanup()
        return True


def main() -> None:
    """Print the survivors of each module and the counts; exit code 1 when the tests fail without a mutant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(TESTS))
    parser.add_argument("--only", type=int, nargs="*", help="numbers of mutants")
    parser.add_argument("--parallel", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-base-") as place:
        base = copied(ROOT, Path(place))
        for module in asked.modules:
            report(base, module, asked.only or [], asked.parallel)


def report(base: Path, module: str, only: Sequence[int], parallel: int) -> None:
    """Try a module's mutants (those of `only`, or all) and print the count and the survivors."""
    source = (ROOT / module).read_text("utf-8")
    if not survivors(base, module, [Mutant(0, 0, "", source)], 1):
        raise SystemExit(f"{module}: the tests fail without a mutant")
    drawn = [one for one in mutants(source) if not only or one.number in only]
    alive = survivors(base, module, drawn, parallel)
    lines = [f"{module}: {len(drawn)} mutants, {len(drawn) - len(alive)} killed, {len(alive)} alive"]
    lines += [f"  #{one.number} line {one.line}: {one.change}" for one in alive]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""ARCHITECTURE.md is true: every module stands in it with the first sentence of its docstring, and nothing else does.

`python tests/contract/test_architecture.py` writes the map anew.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "ARCHITECTURE.md"
PACKAGES = ("catalog", "quality", "privacy", "negative_list", "gateway", "samples")
BEGIN, END = "<!-- map -->", "<!-- /map -->"

# A file named after a term of the field is pure: none of these may be imported there (no I/O, no clock, no engine).
EDGES = {
    "catalog/elements/csv_starter.py",
    "catalog/engine/duckdb_engine.py",
    "catalog/facts.py",
    "catalog/ingest",
    "catalog/registry",
    "catalog/zones",
    "gateway",
    "negative_list/calamine_sheet.py",
    "negative_list/toml_grades.py",
    "negative_list/toml_list.py",
    "negative_list/xlsxwriter_sheet.py",
    "privacy/presidio_detector.py",
    "quality/expectations_gx.py",
}
IMPURE = {
    "duckdb",
    "os",
    "socket",
    "subprocess",
    "sqlite3",
    "tempfile",
    "time",
    "urllib",
    "httpx",
    "obstore",
    "shutil",
}
PURE_IN_GATEWAY = ("plan", "questions", "request", "propose")


def modules() -> list[Path]:
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    kept = (path for path in found if "versions" not in path.parts)
    return sorted(kept, key=lambda path: (path.parent, path.name))


def first_sentence(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    sentence = re.split(r"(?<=[.;])\s(?=[A-Z`(])|;\s", " ".join(text.split("\n\n")[0].split()), maxsplit=1)[0]
    return sentence.rstrip(".;")


def the_map() -> str:
    lines, folder = [], None
    for path in modules():
        place = path.relative_to(ROOT)
        if path.name == "__init__.py" and not first_sentence(path):
            continue
        if place.parent != folder:
            folder = place.parent
            lines += ["", f"### `{folder}/`", ""]
        lines.append(f"- `{path.name}`: {first_sentence(path)}")
    return "\n".join(lines).strip()


def test_the_map_names_every_module_with_what_it_does() -> None:
    page = PAGE.read_text("utf-8")
    written = page[page.index(BEGIN) + len(BEGIN) : page.index(END)].strip()
    assert written == the_map(), "run: python tests/contract/test_architecture.py"


def test_every_module_says_what_it_is() -> None:
    silent = [path for path in modules() if path.name != "__init__.py" and not first_sentence(path)]
    assert silent == []


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif (
            isinstance(node, ast.ImportFrom) and node.module and node.module != "urllib.parse"
        ):  # opens nothing
            names.add(node.module.split(".")[0])
    return names


def is_edge(path: Path) -> bool:
    place = path.relative_to(ROOT).as_posix()
    if place.startswith("gateway/publish/") and path.stem in PURE_IN_GATEWAY:
        return False
    return place.startswith("samples/") or any(
        place == edge or place.startswith(f"{edge}/") for edge in EDGES
    )


def test_files_named_after_a_term_are_pure() -> None:
    impure = {
        path.relative_to(ROOT).as_posix(): sorted(imports_of(path) & IMPURE)
        for path in modules()
        if not is_edge(path) and imports_of(path) & IMPURE
    }
    assert impure == {}


def test_the_registry_is_connected_in_one_place_and_databases_of_others_in_one() -> None:
    places = [path for path in modules() if "create_engine(" in path.read_text("utf-8")]
    assert [path.relative_to(ROOT).as_posix() for path in places] == [
        "catalog/ingest/sqlalchemy_foreign.py",
        "catalog/registry/registry.py",
    ]


def test_every_public_surface_is_sorted() -> None:
    for path in modules():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
                names = ast.literal_eval(node.value)
                assert names == sorted(names, key=_as_ruff), path


def _as_ruff(name: str) -> tuple[int, list[tuple[int, str]]]:
    """Constants, then classes, then the rest, numbers by their value: the order of the linter."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, [(int(part), "") if part.isdigit() else (0, part) for part in re.split("([0-9]+)", name)]


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    head, rest = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{head}{BEGIN}\n{the_map()}\n{END}{rest}", "utf-8")

"""YAML text to JSON values and back (PyYAML, its safe part): no aliases, which could unfold without end, and no dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["parse_yaml", "parse_yaml_lines", "render_yaml"]


class _Plain(yaml.SafeLoader):  # type: ignore[misc]
    """Scalars of JSON only: what looks like a date stays text."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "alias", self.peek_event().start_mark)
        return super().compose_node(parent, index)


# YAML 1.1 reads `on` as true, 8:30 as 510 and 0123 as 83. Here a bare word is what JSON would take it for, or text.
_KEPT = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")
)
_Plain.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"-?(?:0|[1-9][0-9]*)\Z"), list("-0123456789")
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z")
_Plain.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBER, list("-0123456789"))


def parse_yaml(text: str, file: str) -> Any:
    """The document in a text. Raises BadInput with its line."""
    try:
        return yaml.load(text, _Plain)  # noqa: S506 - a safe loader, made safer
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadInput(
            Text(
                "不是可读取的 YAML（不接受别名）", "This is no YAML that can be read (aliases are not taken)"
            ),
            Text("请改正该处", "Correct it there"),
            Where(file=file, line=None if mark is None else mark.line + 1),
        ) from None


def parse_yaml_lines(text: str, file: str) -> tuple[Any, Mapping[str, int]]:
    """The document in a text, and the line (1-based) of each of its parts by path: ``a.b[2].c``, "" the whole.

    Raises BadInput with its line; also for a name that is given twice, of which YAML would silently take the last.
    """
    value = parse_yaml(text, file)
    lines: dict[str, int] = {}
    pending = [("", yaml.compose(text, _Plain))]
    while pending:
        path, node = pending.pop()
        if node is None:
            continue
        lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            pending += [(f"{path}[{place}]", one) for place, one in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, one in node.value:
                if key.value in seen:
                    raise BadInput(
                        Text(f"“{key.value}”出现了两次", f'"{key.value}" is given twice'),
                        Text("只保留一个", "Give it once"),
                        Where(file=file, line=key.start_mark.line + 1),
                    )
                seen.add(key.value)
                inner = f"{path}.{key.value}" if path else str(key.value)
                lines[inner] = key.start_mark.line + 1
                pending.append((inner, one))
    return value, lines


def render_yaml(value: Any) -> str:
    """JSON values as YAML, in the order they have."""
    return str(yaml.dump(value, Dumper=_Unaliased, allow_unicode=True, sort_keys=False, width=110))


class _Unaliased(yaml.SafeDumper):  # type: ignore[misc]
    def ignore_aliases(self, data: Any) -> bool:
        return True

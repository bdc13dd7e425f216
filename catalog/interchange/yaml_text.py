"""YAML text to JSON values and back (PyYAML, its safe part): no aliases, which could unfold without end, and no dates."""

from __future__ import annotations

from typing import Any

import yaml

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["parse_yaml", "render_yaml"]


class _Plain(yaml.SafeLoader):  # type: ignore[misc]
    """Scalars of JSON only: what looks like a date stays text."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "alias", self.peek_event().start_mark)
        return super().compose_node(parent, index)


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


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


def render_yaml(value: Any) -> str:
    """JSON values as YAML, in the order they have."""
    return str(yaml.dump(value, Dumper=_Unaliased, allow_unicode=True, sort_keys=False, width=110))


class _Unaliased(yaml.SafeDumper):  # type: ignore[misc]
    def ignore_aliases(self, data: Any) -> bool:
        return True

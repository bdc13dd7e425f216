"""Ready-to-run calls of a dataset's API, and of a service, in the tools people know. Each runs as it stands (tests run
them): nothing has to be installed but the tool itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from json import dumps
from shlex import quote
from urllib.parse import quote as escaped

from catalog.release import Release
from catalog.service import Service

__all__ = ["Snippet", "safe_base", "service_snippets", "snippets"]

# Only what a host and port may hold: the address comes from the request and is printed for people to run.
BASE = re.compile(r"https?://[A-Za-z0-9.\-_:\[\]]+(?:/[A-Za-z0-9._~\-/]*)?")


@dataclass(frozen=True, slots=True)
class Snippet:
    """`tool` is a name people know it by; `code` is complete."""

    tool: str
    code: str


def safe_base(base_url: str) -> str:
    """The public address without a final slash; "" when it could not be pasted into a shell."""
    return base_url.rstrip("/") if BASE.fullmatch(base_url) else ""


def snippets(release: Release, base: str) -> tuple[Snippet, ...]:
    """Calls of the dataset's own API under `base` (an address `safe_base` let through)."""
    name = release.dataset.id
    api = f"{base}/api/v1/datasets/{name}"
    return (
        Snippet(
            "curl",
            f"curl '{api}/records?limit=10'\n"
            f"curl '{api}/aggregate?metrics=count'\n"
            f"curl -o {name}.csv '{api}/export.csv'",
        ),
        Snippet(
            "Python · httpx",
            "import httpx\n\n"
            f'url, asked, rows = "{api}/records", {{"limit": 1000}}, []\n'
            "while True:  # page by page, up to 5,000 rows\n"
            "    page = httpx.get(url, params=asked).raise_for_status().json()\n"
            '    rows += page["records"]\n'
            '    if page["next"] is None or len(rows) >= 5000:\n'
            "        break\n"
            '    asked["cursor"] = page["next"]\n'
            "print(len(rows), rows[:1])",
        ),
        Snippet(
            "JavaScript",
            f'const answer = await fetch(\n  "{api}/records?limit=10"\n);\n'
            "const { records, next } = await answer.json();\nconsole.table(records);",
        ),
        Snippet(
            "Python · pandas",
            f'import pandas as pd\n\ntable = pd.read_parquet(\n    "{api}/export.parquet"\n)\nprint(table.head())',
        ),
        Snippet(
            "Python · DuckDB",
            "from urllib.request import urlretrieve\n\nimport duckdb\n\n"
            f'urlretrieve("{api}/export.parquet", "{name}.parquet")\n'
            f"print(duckdb.sql(\"FROM '{name}.parquet' LIMIT 10\"))\n"
            "# with DuckDB's httpfs extension it reads over HTTP only what it needs:\n"
            f"# FROM read_parquet('{api}/export.parquet') LIMIT 10",
        ),
        Snippet(
            "Python · ckanapi",
            "from ckanapi import RemoteCKAN\n\n"
            f'ckan = RemoteCKAN("{base}", get_only=True)\n'
            f'answer = ckan.action.datastore_search(resource_id="{name}", limit=10)\n'
            'print(answer["total"], answer["records"])',
        ),
    )


def service_snippets(service: Service, base: str) -> tuple[Snippet, ...]:
    """Calls of the service with its example."""
    api = f"{base}/api/v1/services/{service.id}"
    query = "&".join(
        f"{escaped(name, safe='')}={escaped(value, safe='')}" for name, value in service.example.items()
    )
    address = f"{api}?{query}" if query else api
    table = f"{api}.csv?{query}" if query else f"{api}.csv"
    given = dumps(dict(service.example), ensure_ascii=False)
    return (
        Snippet("curl", f"curl {quote(address)}"),
        Snippet(
            "Python · httpx",
            "import httpx\n\n"
            f'answer = httpx.get(\n    "{address}"\n)\nanswer.raise_for_status()\nprint(answer.json()["records"])',
        ),
        Snippet(
            "JavaScript",
            f'const answer = await fetch(\n  "{api}",\n  {{ method: "POST", body: JSON.stringify({given}) }}\n);\n'
            "const { records, next } = await answer.json();\nconsole.table(records);",
        ),
        Snippet(
            "Python · pandas",
            f'import pandas as pd\n\ntable = pd.read_csv(\n    "{table}"\n)\nprint(table.head())',
        ),
        Snippet(
            "Python · DuckDB",
            "from urllib.request import urlretrieve\n\nimport duckdb\n\n"
            f'urlretrieve(\n    "{table}",\n    "{service.id}.csv",\n)\n'
            f"print(duckdb.sql(\"FROM '{service.id}.csv'\"))",
        ),
    )

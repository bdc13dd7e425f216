"""The operations of the HTTP surface as a table, for people: what `/docs` shows, held to the route table by a test."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.predicate import Operator
from catalog.text import Text
from gateway.processes.key_steps import KEY_STEPS, ShowUsage
from gateway.processes.service_steps import SERVICE_STEPS
from gateway.processes.steps import PREFIX, STEPS, DiffLists, ExportList, ImportList, Step

__all__ = ["COLUMN_OPERATORS", "GROUPS", "Group", "Operation"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `parameters` are query parameters, ``{…}`` in the path is to be filled in."""

    method: str
    path: str
    text: Text
    parameters: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: Text
    operations: tuple[Operation, ...]


DATASET = "/api/v1/datasets/{dataset_id}"
SERVICE = "/api/v1/services/{service_id}"
LEDGER = "/api/v1/ledger"


def _step(step: type[Step], parameters: str | None = None) -> Operation:
    """A step of governance; without `parameters`, what it takes as JSON members (in braces)."""
    path = PREFIX + step.route.path
    if parameters is None:
        members = [name for name in step.own_fields() if f"{{{name}}}" not in path]
        parameters = "version" if step is ImportList else f"{{{', '.join(members)}}}" if members else ""
    return Operation(step.route.method, path, step.route.text, parameters)


GROUPS: tuple[Group, ...] = (
    Group(
        Text("找数据", "Find data"),
        (
            Operation(
                "GET",
                "/api/v1/datasets",
                Text("已开放的数据集", "What is open"),
                "q, theme, publisher, limit, cursor",
            ),
            Operation(
                "GET", DATASET, Text("一个数据集：字段、许可、发布", "One dataset: fields, licence, release")
            ),
            Operation("GET", f"{DATASET}/versions", Text("历次发布", "Its releases, newest first")),
            Operation(
                "GET",
                f"{DATASET}/contract",
                Text(
                    "合同：字段的含义与承诺；也以 ODCS v3、Frictionless 给出",
                    "Its contract: what fields mean and promise; as ODCS v3 and Frictionless too",
                ),
                "form",
            ),
            Operation("GET", f"{DATASET}/quality", Text("各维度质量得分", "Its quality by dimension")),
            Operation("GET", f"{DATASET}/risk", Text("重标识风险", "Its risk of re-identification")),
            Operation(
                "GET",
                f"{DATASET}/privacy",
                Text(
                    "找到的个人信息、处理与剩余风险",
                    "Personal information found, what was done, what risk is left",
                ),
            ),
            Operation(
                "GET",
                f"{DATASET}/decision",
                Text("每个字段为何开放、遮盖或不开放", "Why each field is open, masked or withheld"),
            ),
        ),
    ),
    Group(
        Text("用数据", "Use data"),
        (
            Operation(
                "GET",
                f"{DATASET}/records",
                Text(
                    "数据行，每页最多 1000 行，带下一页游标",
                    "Rows, at most 1,000 a page, with a cursor to the next",
                ),
                "select, COLUMN=, COLUMN__gte=, filter, bbox, near, q, sort, limit, cursor, offset, count, facets, release, as_of",
            ),
            Operation(
                "GET",
                f"{DATASET}/aggregate",
                Text("分组与汇总", "Groups and totals"),
                "group_by, metrics, having, filter, bbox, near, q, sort, limit, offset, release, as_of",
            ),
            Operation(
                "GET",
                f"{DATASET}/export.{{format}}",
                Text(
                    "整个数据集：csv json ndjson geojson xlsx parquet arrow",
                    "All of it: csv json ndjson geojson xlsx parquet arrow",
                ),
            ),
            Operation(
                "GET",
                f"{DATASET}/openapi.json",
                Text("该数据集的 OpenAPI 3.1 文档", "Its OpenAPI 3.1 document"),
            ),
        ),
    ),
    Group(
        Text("核对", "Check us"),
        (
            Operation(
                "GET",
                "/api/v1/counts",
                Text("计数与每一项未计入的原因", "The counts, and every exclusion with its reason"),
                "as_of",
            ),
            Operation(
                "GET",
                "/api/v1/holdings",
                Text(
                    "各单位持有的数据：数目人人可见，名目按角色",
                    "What publishers hold: the numbers for everybody, names by role",
                ),
                "as_of, names, publisher, state",
            ),
            Operation(
                "GET",
                "/api/v1/elements",
                Text(
                    "标准数据元与各单位的采用情况",
                    "Standard data elements, and how far each publisher uses them",
                ),
            ),
            Operation("GET", "/api/v1/elements/{code}", Text("一个数据元", "One data element"), "version"),
            Operation(
                "GET",
                "/api/v1/negative-list",
                Text(
                    "生效中的负面清单，或另一个版本（TOML）",
                    "The negative list in force, or another one (TOML)",
                ),
                "version",
            ),
            Operation(
                "GET",
                "/api/v1/negative-list/versions",
                Text("清单的各个版本与生效时间", "Versions of the list and when they took effect"),
            ),
            Operation(
                "GET",
                "/api/v1/negative-list/due",
                Text("临近复审或到期的条目", "Entries due for review or expiry"),
                "within",
            ),
            _step(ExportList, "version"),
            _step(DiffLists, "version, before"),
            Operation("GET", f"{LEDGER}/checkpoint", Text("账本的签名头", "The signed head of the ledger")),
            Operation(
                "GET",
                f"{LEDGER}/witnessed",
                Text("有见证人签名的最新账本头", "The newest head a witness has signed"),
            ),
            Operation("GET", f"{LEDGER}/key", Text("账本的公钥", "The verifier key of the ledger")),
            Operation(
                "GET",
                f"{LEDGER}/proof/{{index}}",
                Text("一条记录的包含证明", "The inclusion proof of one entry"),
                "size",
            ),
            Operation(
                "GET",
                f"{LEDGER}/consistency",
                Text("两个账本头的一致性证明", "The consistency proof between two heads"),
                "from, to",
            ),
            Operation(
                "GET",
                f"{LEDGER}/event/{{index}}",
                Text("一条公开事件及其盐值", "A public event with its salt"),
            ),
            Operation(
                "GET",
                f"{LEDGER}/tile/{{place}}",
                Text(
                    "静态分片：0/000、entries/000、events/000.p/7，可任意镜像",
                    "Static tiles: 0/000, entries/000, events/000.p/7; anyone may mirror them",
                ),
            ),
            Operation(
                "POST",
                f"{LEDGER}/add-checkpoint",
                Text("见证人为账本头签名", "A witness's signature on a head"),
            ),
        ),
    ),
    Group(
        Text("登录", "Sign in"),
        (
            Operation(
                "POST",
                "/api/v1/session",
                Text(
                    "以用户名和密码登录：令牌与 Cookie", "Sign in by name and password: a token and a cookie"
                ),
            ),
            Operation(
                "GET",
                "/api/v1/session/oidc",
                Text("经本单位统一身份认证登录", "Sign in at the institution's identity provider"),
            ),
            Operation(
                "GET",
                "/api/v1/session/oidc/callback",
                Text("统一身份认证由此返回", "Where the identity provider returns to"),
                "state, code",
            ),
            Operation("DELETE", "/api/v1/session", Text("退出登录", "Sign out")),
            Operation("GET", "/api/v1/me", Text("我是谁，可以做什么", "Who am I, and what may I do")),
        ),
    ),
    Group(
        Text("发布（需登录或密钥）", "Publish (signed in, or with a key)"),
        (
            Operation(
                "GET", "/api/v1/harvests", Text("对其他目录的采集", "Harvests of other catalogues"), "limit"
            ),
            Operation("GET", "/api/v1/submissions", Text("提交列表", "Submissions"), "state, limit"),
            Operation(
                "GET",
                "/api/v1/submissions/{submission_id}",
                Text("一次提交的报告与问题", "The report of one, with its questions"),
                "preview",
            ),
            Operation(
                "GET",
                "/api/v1/submissions/{submission_id}/assessment",
                Text(
                    "个人信息保护影响评估草稿（Markdown）",
                    "The draft of its impact assessment (PIPL art. 55), Markdown",
                ),
                "lang",
            ),
            Operation(
                "POST",
                "/api/v1/submissions/{submission_id}/answers",
                Text("回答问题", "Answer its questions"),
            ),
        ),
    ),
)

_PAGE = "/datasets/{dataset_id}"
GROUPS += (
    Group(
        Text("目录（供机器读取）", "The catalogue for machines"),
        (
            *(
                Operation(
                    "GET",
                    f"/catalog.{form}",
                    Text(f"DCAT-AP 3 目录（{name}）", f"The catalogue as DCAT-AP 3 ({name})"),
                    "cursor",
                )
                for form, name in (("ttl", "Turtle"), ("jsonld", "JSON-LD"), ("rdf", "RDF/XML"))
            ),
            Operation("GET", "/data.json", Text("DCAT-US 3 目录", "The catalogue as DCAT-US 3"), "cursor"),
            *(
                Operation(
                    "GET",
                    f"{_PAGE}.{form}",
                    Text(f"一个数据集的 {name} 描述", f"One dataset described as {name}"),
                )
                for form, name in (
                    ("ttl", "DCAT (Turtle)"),
                    ("jsonld", "DCAT (JSON-LD)"),
                    ("rdf", "DCAT (RDF/XML)"),
                    ("croissant.json", "Croissant 1.1"),
                    ("datapackage.json", "Data Package 2"),
                    ("csvw.json", "CSV on the Web"),
                )
            ),
            Operation("GET", "/sitemap.xml", Text("站点地图", "Sitemap")),
            Operation(
                "GET",
                "/feed.atom",
                Text("最新开放（Atom）", "What was opened, newest first (Atom)"),
                "cursor",
            ),
        ),
    ),
)

GROUPS += (
    Group(
        Text("数据服务", "Services"),
        (
            Operation(
                "GET",
                "/api/v1/services",
                Text("专用接口列表", "Purpose-built APIs"),
                "q, dataset, limit, cursor",
            ),
            Operation(
                "GET",
                SERVICE,
                Text("调用一个服务", "Call one, with its own parameters"),
                "PARAMETER=, limit, offset, cursor, version",
            ),
            Operation(
                "POST", SERVICE, Text("同上，参数为 JSON", "The same, parameters as JSON"), "{PARAMETER}"
            ),
            Operation(
                "GET",
                f"{SERVICE}/openapi.json",
                Text("一个服务的 OpenAPI 3.1", "OpenAPI 3.1 of one"),
                "version",
            ),
            *(_step(one) for one in SERVICE_STEPS),
        ),
    ),
)

# After the operations of publishing: a row for each other step of governance, as it is declared.
GROUPS += (
    Group(
        Text("治理负面清单（需登录或密钥）", "Govern the negative list (signed in, or with a key)"),
        tuple(_step(one) for one in STEPS if one not in (ExportList, DiffLists)),
    ),
)

GROUPS += (
    Group(
        Text("密钥、套餐与使用情况", "Keys, plans and usage"),
        (
            Operation("GET", "/api/v1/plans", Text("套餐及其限额", "Plans and their limits")),
            *(
                _step(one, "of, since, until, publisher, dataset" if one is ShowUsage else None)
                for one in KEY_STEPS
            ),
        ),
    ),
)

COLUMN_OPERATORS: tuple[tuple[str, Operator, Text], ...] = (
    ("", Operator.EQ, Text("等于", "equal to")),
    ("__ne", Operator.NE, Text("不等于", "not equal to")),
    ("__gt", Operator.GT, Text("大于", "greater than")),
    ("__gte", Operator.GTE, Text("大于或等于", "at least")),
    ("__lt", Operator.LT, Text("小于", "less than")),
    ("__lte", Operator.LTE, Text("小于或等于", "at most")),
    ("__in", Operator.IN, Text("是其中之一，以逗号分隔", "one of several, separated by commas")),
    ("__contains", Operator.CONTAINS, Text("包含文字", "contains the text")),
    ("__startswith", Operator.STARTSWITH, Text("以文字开头", "starts with the text")),
    ("__isnull", Operator.ISNULL, Text("是否为空：true 或 false", "whether it is empty: true or false")),
)

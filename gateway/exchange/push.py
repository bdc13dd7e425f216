"""Push: another CKAN is told of our open datasets, and told again whenever what is open of them changes.

A row of `pushes` says what the portal was told of last; whatever differs from what is open now is a job, tried again until
it is done. So a withdrawal goes there by the same way as a release, whoever or whatever withdrew it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, insert, select, update

from catalog.dataset import Access
from catalog.errors import BadInput, Conflict, KaizhaError, NotFound, TooLarge, Where
from catalog.interchange.ckan_pushed import is_ours, pushed_package, pushed_resource
from catalog.registry import queries
from catalog.release import Release
from catalog.released_record import formats_of
from catalog.text import Text
from gateway.access import Action, Person, may, require
from gateway.exchange.ckanapi_client import CkanClient, open_ckan
from gateway.exchange.fetch import Fetcher
from gateway.exchange.tables import pushes
from gateway.gate import Gate
from gateway.governance.outbound import vet
from gateway.serve.formats import ExportOptions, export
from gateway.serve.served import Served
from gateway.serve.shelf import PARQUET

__all__ = ["Push", "push_of", "push_one", "pushed", "register_pushes", "token_for", "waiting_pushes"]

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
MAX_UPLOAD_BYTES = 256 << 20  # a file that goes through memory; larger ones stay links
CSV = "csv"


@dataclass(frozen=True, slots=True)
class Push:
    """What a portal shows of a dataset: `pushed` the number of the release it was told of last, None = nothing is
    there."""

    id: int
    target: str
    dataset_id: str
    organisation: str
    upload: bool
    pushed: int | None
    remote_id: str | None
    attempts: int
    failure: Mapping[str, Any] | None
    retry_at: datetime
    pushed_at: datetime | None
    by: str


def register_pushes(
    gate: Gate, person: Person, target: str, dataset_ids: Sequence[str], organisation: str, upload: bool
) -> tuple[Push, ...]:
    """Take datasets up for a portal, all open ones of one's own where none is named; from then on they are followed.

    Raises NotAllowed, NotFound: a dataset that is not open; BadInput: an address that may not be called, no token for
    it, no public address of ours.
    """
    require(person, Action.PUSH)
    target = target.rstrip("/")
    vet(target, gate.settings.private_sources, "KAIZHA_PRIVATE_SOURCES")
    token_for(gate, target)
    our_base(gate)
    with gate.registry.transaction() as unit:
        open_ones = {one.dataset.id: one for one in queries.all_current(unit)}
        chosen = list(dataset_ids) or [
            one.dataset.id
            for one in open_ones.values()
            if one.dataset.access is Access.UNCONDITIONAL and may(person, Action.PUSH, one.dataset.publisher)
        ]
        for dataset_id in chosen:
            release = open_ones.get(dataset_id)
            if release is None or release.dataset.access is not Access.UNCONDITIONAL:
                raise NotFound(
                    Text(f"{dataset_id} 没有向所有人开放", f"{dataset_id} is not open to everybody"),
                    Text("只推送无条件开放的数据集", "Only what is open unconditionally is pushed"),
                    Where(parameter="dataset"),
                )
            require(person, Action.PUSH, release.dataset.publisher)
            _take_up(unit, target, dataset_id, organisation, upload, person.name, gate.now())
        query = select(pushes).where(pushes.c.target == target, pushes.c.dataset_id.in_(chosen))
        return tuple(_push(row) for row in unit.execute(query.order_by(pushes.c.id)))


def _take_up(
    unit: Connection, target: str, dataset_id: str, organisation: str, upload: bool, by: str, at: datetime
) -> None:
    values = {"organisation": organisation, "upload": upload, "by": by, "retry_at": at}
    mine = (pushes.c.target == target) & (pushes.c.dataset_id == dataset_id)
    # asked for by hand, it is told again, also what it knows already
    if not unit.execute(update(pushes).where(mine).values(pushed=None, attempts=0, **values)).rowcount:
        unit.execute(insert(pushes).values(target=target, dataset_id=dataset_id, attempts=0, **values))


def waiting_pushes(snapshot: Connection, at: datetime) -> tuple[int, ...]:
    """What portals were told last and is so no more, where an attempt is due."""
    standing = queries.standing(snapshot)
    due = snapshot.execute(select(pushes).where(pushes.c.retry_at <= at).order_by(pushes.c.retry_at))
    return tuple(row.id for row in due if _differs(_push(row), standing.get(row.dataset_id)))


def _differs(one: Push, standing: int | None) -> bool:
    """Whether the portal is to be told: of another release, or of none while it may show one."""
    return one.pushed != standing if standing is not None else one.remote_id is not None


def push_of(snapshot: Connection, push_id: int) -> Push | None:
    row = snapshot.execute(select(pushes).where(pushes.c.id == push_id)).first()
    return _push(row) if row else None


def push_one(gate: Gate, push_id: int, fetcher: Fetcher) -> dict[str, Any]:
    """Tell a portal what is open of a dataset now; what came of it. A failure is kept with when it is tried again."""
    with gate.registry.reading() as snapshot:
        one = push_of(snapshot, push_id)
        number = queries.standing(snapshot).get(one.dataset_id) if one else None
        release = queries.numbered_release(snapshot, number) if number is not None else None
    if one is None:
        return {"state": "done"}
    try:
        with open_ckan(fetcher, one.target, token_for(gate, one.target)) as ckan:
            if release is None or release.dataset.access is not Access.UNCONDITIONAL:
                _withdraw(ckan, one, our_base(gate))
                remote_id = None
            else:
                remote_id = _tell(gate, ckan, one, release)
    except KaizhaError as error:
        wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(one.attempts, 10))
        failure = {"kind": error.code, "message": error.message.to_json(), "remedy": error.remedy.to_json()}
        with gate.registry.transaction() as unit:
            mine = update(pushes).where(pushes.c.id == one.id)
            unit.execute(mine.values(attempts=one.attempts + 1, failure=failure, retry_at=gate.now() + wait))
        return {"state": "failed", **failure}
    now = gate.now()
    with gate.registry.transaction() as unit:
        done = {
            "pushed": number if remote_id else None,
            "remote_id": remote_id,
            "attempts": 0,
            "failure": None,
        }
        unit.execute(update(pushes).where(pushes.c.id == one.id).values(**done, pushed_at=now, retry_at=now))
    return {"state": "withdrawn" if remote_id is None else "pushed"}


def _tell(gate: Gate, ckan: CkanClient, one: Push, release: Release) -> str:
    """Make or update the package by its name. Raises Conflict where a package of that name is somebody else's."""
    base = our_base(gate)
    uploads = (CSV,) if one.upload else ()
    package = pushed_package(release, base, one.organisation, formats_of(release), uploads)
    try:
        known = ckan.call("package_show", {"id": package["name"]})
    except NotFound:
        # known before it is made: what is made in an attempt that fails can be withdrawn all the same
        _remember(gate, one, package["name"])
        made = ckan.call("package_create", package)
    else:
        if not is_ours(known, base, one.dataset_id):
            raise Conflict(
                Text(
                    f"对方已有名为 {package['name']} 的数据集，且不是由此推送的",
                    f"The portal has a dataset named {package['name']} that was not pushed from here",
                ),
                Text(
                    "请对方改名或删除后会自动重试",
                    "Once it is renamed or deleted there, it is tried again by itself",
                ),
            )
        made = ckan.call("package_update", {**package, "id": known["id"], "state": "active"})
    remote_id = str(made["id"])[:200]
    _remember(gate, one, remote_id)
    if one.upload:
        _upload(gate, ckan, remote_id, release, base)
    return remote_id


def _remember(gate: Gate, one: Push, remote_id: str) -> None:
    with gate.registry.transaction() as unit:
        unit.execute(update(pushes).where(pushes.c.id == one.id).values(remote_id=remote_id))


def _upload(gate: Gate, ckan: CkanClient, remote_id: str, release: Release, base: str) -> None:
    content = bytearray()
    served = Served(release, gate.open.path(release.id, PARQUET))
    for chunk in export(CSV, served, ExportOptions(), None):
        content += chunk
        if len(content) > MAX_UPLOAD_BYTES:
            raise TooLarge(
                Text("CSV 过大，不能上传", "The CSV is too large to be uploaded"),
                Text("请不加 --upload 推送，只给链接", "Push it without --upload: a link is given"),
            )
    with gate.registry.reading() as snapshot:
        current = queries.current_release(snapshot, release.dataset.id)
    if current is None or current.id != release.id:  # closed while it was read: nothing of it leaves
        raise Conflict(
            Text("推送期间发布已变更", "What is open has changed meanwhile"),
            Text("稍后自动重试", "It is tried again"),
        )
    resource = pushed_resource(release, base, CSV)
    given = {"package_id": remote_id, "name": resource["name"], "format": "CSV", "mimetype": "text/csv"}
    ckan.call("resource_create", given, (f"{release.dataset.id}.csv", bytes(content)))


def _withdraw(ckan: CkanClient, one: Push, base: str) -> None:
    """Take it back: its resources first, because a deleted package of CKAN keeps them."""
    if one.remote_id is None:
        return
    try:
        known = ckan.call("package_show", {"id": one.remote_id})
        if not is_ours(known, base, one.dataset_id):
            return  # ours was never made, or is gone and another has its name
        ckan.call("package_patch", {"id": known["id"], "resources": []})
        ckan.call("package_delete", {"id": known["id"]})
    except NotFound:
        return  # it is gone already


def token_for(gate: Gate, target: str) -> str:
    """Our token at a portal; it goes nowhere else. Raises BadInput, without repeating any."""
    parts = urlsplit(target)
    for pair in gate.settings.push_tokens.split():
        address, equals, token = pair.rpartition("=")
        if equals and token and address.rstrip("/") == target:
            if parts.scheme != "https" and not gate.settings.private_sources:
                break
            return token
    raise BadInput(
        Text(
            "没有这个门户的令牌，或其网址不是 https",
            "There is no token for this portal, or its address is not https",
        ),
        Text(
            "请设置 KAIZHA_PUSH_TOKENS=网址=令牌，多个以空格分隔",
            "Set KAIZHA_PUSH_TOKENS=ADDRESS=TOKEN, spaces between",
        ),
        Where(parameter="to"),
    )


def our_base(gate: Gate) -> str:
    """Our public address, which links begin with. Raises BadInput where it is not set."""
    base = gate.settings.base_url.rstrip("/")
    if not base:
        raise BadInput(
            Text("推送需要本站的公开网址", "To push takes our own public address"),
            Text("请设置 KAIZHA_BASE_URL", "Set KAIZHA_BASE_URL"),
        )
    return base


def pushed(gate: Gate, person: Person) -> list[dict[str, Any]]:
    """Everything that is pushed, and how it stands. Raises NotAllowed."""
    require(person, Action.SEE_HARVESTS)
    with gate.registry.reading() as snapshot:
        standing = queries.standing(snapshot)
        rows = snapshot.execute(select(pushes).order_by(pushes.c.target, pushes.c.dataset_id))
        found = [_push(row) for row in rows]
    return [
        {
            "target": one.target,
            "dataset": one.dataset_id,
            "state": _state(one, standing.get(one.dataset_id)),
            "upload": one.upload,
            "attempts": one.attempts,
            "failure": dict(one.failure) if one.failure else None,
            "retry_at": one.retry_at.isoformat(),
            "pushed_at": one.pushed_at.isoformat() if one.pushed_at else None,
            "by": one.by,
        }
        for one in found
    ]


def _state(one: Push, standing: int | None) -> str:
    if _differs(one, standing):
        return "failing" if one.failure else "waiting"
    return "pushed" if one.remote_id else "withdrawn"


def _push(row: Row[*tuple[Any, ...]]) -> Push:
    return Push(**{name: getattr(row, name) for name in Push.__slots__})

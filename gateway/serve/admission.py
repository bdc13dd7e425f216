"""Admission to the data APIs: who calls, whether they may now, and what it counts as. Stands before the data path.

First the key, then the limits of its plan. A refusal is made from memory, so that whoever is refused costs others little.
Nothing that is refused takes from a quota.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Collection, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Protocol

from catalog.errors import KaizhaError, NotAllowed, NotSignedIn, Unavailable
from catalog.text import Text
from gateway.access.keys import looks_like_a_key
from gateway.access.plan import ANONYMOUS_PLAN, DEFAULT_PLANS, Plan
from gateway.api.problem import Problem, internal, problem
from gateway.serve.account import Account, Over, Share, refusal
from gateway.serve.address import is_loopback, subject_of_address
from gateway.serve.cors import CORS
from gateway.serve.key_shelf import KeyShelf, Standing
from gateway.serve.meter import Lease, Meter
from gateway.serve.request_id import HEADER, request_id_of
from gateway.serve.turns import CALLER

__all__ = ["ASKED", "OURS", "Admission", "Manner", "Served", "Visit"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

TIMING = (b"server-timing", b"refused;dur=0")
ASKED = "kaizha.asked"
"""Name in an ASGI scope under which what is behind tells of which datasets a request asks, where its path does not say."""

MOST_ACCOUNTS = 50_000
MOST_REFUSALS = 1_000
LEASE_WAIT_S = 2.0
EXPORTS_OF_ONE = 4
"""Half of the exports that run at one time (`DataPath`): one caller never has them all."""
_DATASET = re.compile(r"/api/v1/datasets/([a-z0-9-]{1,100})/(export\.)?")
_SERVICE = re.compile(r"/api/v1/services/([a-z0-9-]{1,100})")
_DUMP = "/datastore/dump/"


@dataclass(frozen=True, slots=True)
class Manner:
    """How callers of a path speak: where their key stands (None: they sent none), how a refusal is said to them, and whether
    the datasets that they ask of are `told_later`, by what is behind."""

    key: Callable[[list[tuple[bytes, bytes]]], str | None]
    say: Callable[[Problem], Problem]
    told_later: bool = False


class Served(Protocol):
    """What stands behind: the data path."""

    def matches(self, path: str) -> bool: ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


@dataclass(slots=True)
class Visit:
    """One request, and what has been found out about it. `datasets` are what it asks of, the first that which it counts
    for; `key` and `bearer` once the key is verified;
    `account` stays None for the owner of a personal home, whose requests are counted and no more; `over` is the limit that
    one answered at once has met."""

    day: date
    datasets: tuple[str, ...]
    export: bool
    key: str = ""
    bearer: str = ""
    standing: Standing | None = None
    share: Share | None = None
    account: Account | None = None
    over: Over | None = None
    say: Callable[[Problem], Problem] | None = None


class Admission:
    """Belongs to one event loop. `known` says whether a dataset is open, `rests_on` which datasets a service
    asks. `shed` is the answer to what comes in while too
    many wait already (`gateway.serve.line`)."""

    def __init__(
        self,
        behind: Served,
        keys: KeyShelf,
        meter: Meter,
        known: Callable[[str], bool],
        rests_on: Callable[[str], tuple[str, ...]],
        now: Callable[[], datetime],
        day_offset_h: float,
        manner: Callable[[str], Manner] | None = None,
    ) -> None:
        self._behind = behind
        self._keys = keys
        self._meter = meter
        self._known = known
        self._rests_on = rests_on
        self._now = now
        self._offset = timedelta(hours=day_offset_h)
        self._manner = manner
        self._accounts: OrderedDict[str, Account] = OrderedDict()
        self._coming: list[Account] = []
        self._day: tuple[date, float] = (date.min, 0.0)
        self._overs: dict[tuple[Plan, str, int], Problem] = {}
        self.shed = problem(_busy())
        self.refused: Counter[str] = Counter()
        """Requests not admitted, by the reason: plain numbers, since who is refused must cost little."""

    def matches(self, path: str) -> bool:
        """Whether this decoded path is answered here."""
        return self._behind.matches(path)

    def close(self) -> None:
        """Give back what was lent, and write down what was counted."""
        while self._accounts:
            self._give_back(*self._accounts.popitem(last=False))
        self._meter.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":  # a browser asks before it calls; it sends no key then
            await self._behind(scope, receive, send)
            return
        place = _DATASET.match(scope["path"])
        manner = OURS if self._manner is None else self._manner(scope["path"])
        export = bool(place and place[2]) or scope["path"].startswith(_DUMP)
        visit = Visit(self._today(), (place[1],) if place else (), export, say=manner.say)
        try:
            if place is None and (service := _SERVICE.match(scope["path"])) is not None:
                visit.datasets = self._rests_on(service[1])
            await self._admit(scope, visit, manner)
        except Over as over:
            self.refused[over.policy] += 1
            await self._refuse(send, scope, self._over(visit, over), visit)
        except KaizhaError as error:
            self.refused[error.code] += 1
            await self._refuse(send, scope, problem(error), visit)
        except Exception as error:
            await self._refuse(send, scope, internal(error), visit)
        else:
            await self._answer(visit, scope, receive, send)

    async def _answer(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        status, sent = 500, 0

        async def noting(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._limits(visit)]
            else:
                sent += len(message.get("body", b""))
                if message.get("more_body") and self._keys.at_hand() is not visit.standing:
                    await self._still(visit)  # keys have changed since: is this one still taken?
            await send(message)

        account = visit.account
        if account is not None:
            account.running += 1
            account.exports += visit.export
        try:
            await self._behind(scope, receive, noting)
        finally:
            if account is not None:
                account.running -= 1
                account.exports -= visit.export
            self.count(visit, status, sent)

    # who calls ----------------------------------------------------------------------------------------------------

    async def _admit(self, scope: Scope, visit: Visit, manner: Manner) -> None:
        """Raises NotSignedIn, NotAllowed, Over, Unavailable."""
        standing = visit.standing = self._keys.at_hand() or await self._keys.standing()
        peer = scope.get("client")
        host: str = peer[0] if peer else ""
        if manner.told_later:
            scope[ASKED] = partial(_told, visit, ())
        bearer = manner.key(scope["headers"])
        now = time.monotonic()
        if bearer is None:
            scope[CALLER] = subject_of_address(host)
            if standing.institution or not is_loopback(host):
                await self._take(visit, standing.shares[ANONYMOUS_PLAN], scope[CALLER])
            return
        if not looks_like_a_key(bearer):
            raise _not_in_force()
        place = self._keys.place(bearer)
        if place in standing.clients:
            client = standing.clients[place]
        else:
            # whoever tries keys out spends the spikes of their address on it
            share = visit.share = standing.shares[ANONYMOUS_PLAN]
            self._account(subject_of_address(host), share, now).spend_spike(share, now)
            client = await self._keys.find(standing, bearer)
        if client is None or client.ends_at <= time.time():
            raise _not_in_force()
        scope[CALLER] = visit.key = client.key
        visit.bearer = bearer
        if manner.told_later:
            scope[ASKED] = partial(_told, visit, client.datasets)
        elif client.datasets and not (visit.datasets and set(visit.datasets) <= set(client.datasets)):
            raise _another_dataset()
        await self._take(visit, client.share, client.key)

    async def _still(self, visit: Visit) -> None:
        """Raises NotSignedIn where the key of a running answer is not taken any more; Unavailable without the lease."""
        visit.standing = await self._keys.standing()
        if visit.key and await self._keys.find(visit.standing, visit.bearer) is None:
            raise _not_in_force()

    # what they may ----------------------------------------------------------------------------------------------------

    async def _take(self, visit: Visit, share: Share, subject: str) -> None:
        """One request of the plan. Raises Over, Unavailable: the quota cannot be asked for."""
        now, day = time.monotonic(), visit.day
        account = self._account(subject, share, now)
        visit.account, visit.share = account, share
        account.begin_day(day)
        account.check_running(share, export=visit.export, exports=EXPORTS_OF_ONE)
        if not self._spend(account, share, subject, day, now):
            await self._borrow(account, share, subject, day)

    def at_once(
        self, datasets: tuple[str, ...], headers: Sequence[tuple[bytes, bytes]], host: str | None
    ) -> tuple[Visit, str] | None:
        """The visit of a request that asks of `datasets`, and whose it is, where all that speaks for or against it is in
        memory; None where something has to be waited for: then it is for `__call__`. Nothing is spent yet. `host` is None
        where the peer's address is not the caller's. Raises KaizhaError as `_admit`."""
        standing = self._keys.at_hand()
        if standing is None:
            return None
        visit = Visit(self._today(), datasets, export=False, standing=standing, say=OURS.say)
        bearer = _bearer(headers)
        if bearer is None:
            if host is None:
                return None
            subject = subject_of_address(host)
            if not standing.institution and is_loopback(host):
                return visit, subject
            share = standing.shares[ANONYMOUS_PLAN]
        else:
            client = standing.clients.get(self._keys.place(bearer))
            if client is None or client.ends_at <= time.time():
                return None
            if client.datasets and not (datasets and client.datasets.issuperset(datasets)):
                return None
            subject = visit.key = client.key
            visit.bearer, share = bearer, client.share
        account = self._accounts.get(subject)
        if account is None or account.day != visit.day:
            return None
        visit.account, visit.share = account, share
        visit.over = account.met(share, time.monotonic())
        return (visit, subject) if visit.over is not None or account.block > 0 else None

    def admit_at_once(self, visit: Visit, subject: str) -> list[tuple[bytes, bytes]]:
        """Spend what `at_once` saw was there; the limits as headers."""
        if visit.account is not None and visit.share is not None:
            self._accounts.move_to_end(subject)
            self._spend(visit.account, visit.share, subject, visit.day, time.monotonic())
        return self._limits(visit)

    def expect(self, visit: Visit) -> None:
        """A request that `at_once` let through goes the ordinary way: it spends in the next turn of the loop, so those that are
        read in this one have that much less. Else a whole crowd would be let through for one request that is left."""
        if visit.account is None:
            return
        if not self._coming:
            asyncio.get_running_loop().call_soon(self._come)
        self._coming.append(visit.account)
        visit.account.coming += 1

    def _come(self) -> None:
        for account in self._coming:
            account.coming = 0
        self._coming.clear()

    def turn_away(self, visit: Visit, why: Over | Unavailable) -> tuple[Problem, list[tuple[bytes, bytes]]]:
        """What is said to one whom `at_once` knows and who is not answered, counted; and their limits as headers."""
        if isinstance(why, Over):
            reason, said = why.policy, self._over(visit, why)
        else:
            reason, said = "busy", self.shed
        self.refused[reason] += 1
        self.count(visit, said[0], len(said[2]))
        return said, self._limits(visit)

    def count(self, visit: Visit, status: int, sent: int) -> None:
        """A request that was answered, in the usage of its key and dataset."""
        dataset = visit.datasets[0] if visit.datasets else ""
        if status >= 400:  # what callers make up is not written down
            dataset = dataset if self._is_open(dataset) else ""
        self._meter.count(visit.day, visit.key, dataset, status // 100, sent)

    def _spend(self, account: Account, share: Share, subject: str, day: date, now: float) -> bool:
        """One request of the spike and of the block; False where a block has to be waited for. Raises Over."""
        account.spend_spike(share, now)
        if not account.spend_block(share, now, self._left_of_day_s()):
            return False
        if missing := account.missing(share):
            self._ask(account, share, subject, day, missing, lambda: None)
        return True

    def _account(self, subject: str, share: Share, now: float) -> Account:
        found = self._accounts.get(subject)
        if found is not None:
            self._accounts.move_to_end(subject)
            return found
        made = self._accounts[subject] = Account(share, now)
        if len(self._accounts) > MOST_ACCOUNTS:
            self._give_back(*self._accounts.popitem(last=False))
        return made

    async def _borrow(self, account: Account, share: Share, subject: str, day: date) -> None:
        """The first of a day, or the meter is slower than the caller: wait for a block."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + LEASE_WAIT_S
        while True:
            lent = loop.create_future()

            def done(lent: asyncio.Future[None] = lent) -> None:
                if not lent.done():
                    lent.set_result(None)

            if missing := account.missing(share):
                self._ask(account, share, subject, day, missing, done)
            else:  # somebody else of this caller has asked
                loop.call_later(0.005, done)
            try:
                async with asyncio.timeout_at(deadline):
                    await lent
            except TimeoutError:
                raise _uncounted() from None
            if day != account.day:
                raise _uncounted()
            now = time.monotonic()
            if account.spend_block(share, now, self._left_of_day_s()):
                return
            if account.used_up_at is not None:
                raise Over("daily", max(1, math.ceil(self._left_of_day_s())))

    def _ask(
        self,
        account: Account,
        share: Share,
        subject: str,
        day: date,
        wanted: int,
        done: Callable[[], None],
    ) -> None:
        account.asking = True
        loop = asyncio.get_running_loop()

        def told(granted: tuple[int, int] | None) -> None:
            if granted is None:
                account.asking = False
            else:
                account.lend(day, *granted, time.monotonic())
            done()

        def then(granted: tuple[int, int] | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(told, granted)

        self._meter.lease(Lease(subject, day, share.plan.daily, wanted, then))

    def _give_back(self, subject: str, account: Account) -> None:
        if account.day is not None and account.block:
            self._meter.give_back(subject, account.day, account.block)
            account.block = 0

    # the house's own ----------------------------------------------------------------------------------------------------

    def _today(self) -> date:
        day, ends = self._day
        stamp = time.time()
        if stamp >= ends or stamp < ends - 86_400:
            local = self._now() + self._offset
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            day = local.date()
            self._day = (day, (midnight - self._offset).timestamp())
        return day

    def _left_of_day_s(self) -> float:
        return max(0.0, self._day[1] - time.time())

    def _limits(self, visit: Visit) -> list[tuple[bytes, bytes]]:
        if visit.account is None or visit.share is None:
            return []
        return [
            (b"ratelimit-policy", visit.share.policy),
            (b"ratelimit", visit.account.limits(visit.share, self._left_of_day_s())),
        ]

    def _is_open(self, dataset: str) -> bool:
        try:
            return self._known(dataset)
        except Unavailable:
            return False

    def _over(self, visit: Visit, over: Over) -> Problem:
        """Made once for each limit of a plan and second to wait: who is over it asks many times."""
        plan = visit.share.plan if visit.share is not None else DEFAULT_PLANS[ANONYMOUS_PLAN]
        place = (plan, over.policy, over.retry_after_s)
        known = self._overs.get(place)
        if known is None:
            if len(self._overs) >= MOST_REFUSALS:
                self._overs.clear()
            known = self._overs[place] = problem(refusal(plan, over))
        return known

    async def _refuse(self, send: Send, scope: Scope, given: Problem, visit: Visit) -> None:
        status, headers, body = given if visit.say is None else visit.say(given)
        always = [*CORS, *self._limits(visit), (HEADER, request_id_of(scope)), TIMING]
        await send({"type": "http.response.start", "status": status, "headers": [*headers, *always]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        self.count(visit, status, len(body))


def _bearer(headers: Sequence[tuple[bytes, bytes]]) -> str | None:
    """The credential that came, None without. Raises NotSignedIn: it is none of ours."""
    for name, content in headers:
        if name == b"authorization":
            scheme, _, credential = content.partition(b" ")
            if scheme.lower() != b"bearer" or len(credential) > 100:
                raise _not_in_force()
            return credential.strip().decode("latin-1")
    return None


def _told(visit: Visit, its_own: Collection[str], asked: tuple[str, ...]) -> None:
    """What a request turns out to ask of. Raises NotAllowed: the key is not for it."""
    if its_own and not set(asked) <= set(its_own):
        raise _another_dataset()
    visit.datasets = asked


OURS = Manner(_bearer, lambda given: given)
"""The key stands behind ``Bearer``, a refusal is a problem."""


def _not_in_force() -> NotSignedIn:
    return NotSignedIn(
        Text("密钥无效或已停用", "The key is not valid or has been revoked"),
        Text(
            "请检查 Authorization: Bearer 中的密钥（kz_…）；开放数据可不带密钥读取",
            "Check the key (kz_…) in Authorization: Bearer; open data can be read without one",
        ),
    )


def _another_dataset() -> NotAllowed:
    return NotAllowed(
        Text("此密钥不适用于这个数据集", "This key is not for this dataset"),
        Text(
            "开放数据可不带密钥读取；或申请适用于它的密钥",
            "Open data can be read without a key; or issue one that is for it",
        ),
    )


def _uncounted() -> Unavailable:
    return Unavailable(
        Text("暂时无法核对配额", "The quota cannot be checked now"),
        Text("请按 Retry-After 稍后重试", "Try again after Retry-After"),
    )


def _busy() -> Unavailable:
    return Unavailable(
        Text("请求过多，暂时无法受理", "Too many requests come in at one time"),
        Text("请按 Retry-After 稍后重试", "Try again after Retry-After"),
    )

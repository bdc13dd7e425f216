"""One caller as one serving process sees it: a token bucket, requests running, and a block of the day's quota. Pure:
the clock comes in as numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from catalog.errors import TooMany
from catalog.text import Text
from gateway.access.plan import Plan
from gateway.access.quota import block_of

__all__ = ["Account", "Over", "Share", "refusal", "share_of"]

ASK_AGAIN_S = 10.0
"""How long a quota that was found used up is believed to be: other servers may give back, and a plan may change."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one of several serving processes lets through of a plan: its part by the second and at one time (never less
    than one request), and the daily quota, which is not split but lent in blocks. `policy` is the RateLimit-Policy."""

    plan: Plan
    per_second: float
    burst: float
    concurrent: int
    block: int
    policy: bytes


def share_of(plan: Plan, processes: int) -> Share:
    """The share of one of `processes`."""
    window_s = max(1, math.ceil(plan.burst / plan.per_second))
    policy = f'"spike";q={plan.burst};w={window_s}, "daily";q={plan.daily};w=86400'
    return Share(
        plan,
        plan.per_second / processes,
        max(1.0, plan.burst / processes),
        max(1, plan.concurrent // processes),
        block_of(plan.daily),
        policy.encode(),
    )


class Over(Exception):
    """A limit is met: its name, and after how many seconds a request is taken again, as far as can be known. Light, as it
    is raised for each of however many requests; `refusal` has the words."""

    def __init__(self, policy: str, retry_after_s: int) -> None:
        super().__init__(policy, retry_after_s)
        self.policy = policy
        self.retry_after_s = retry_after_s


class Account:
    """`block` is what is left of what was lent for `day`, `lent` what was lent to all servers when last told; `coming` are
    requests that have been read and will spend in a moment."""

    __slots__ = (
        "_tokens",
        "_told",
        "asking",
        "block",
        "coming",
        "day",
        "exports",
        "lent",
        "running",
        "used_up_at",
    )

    def __init__(self, share: Share, now: float) -> None:
        self._tokens = share.burst
        self._told = now
        self.coming = 0
        self.running = 0
        self.exports = 0
        self.day: date | None = None
        self.block = 0
        self.lent = 0
        self.asking = False
        self.used_up_at: float | None = None

    def spend_spike(self, share: Share, now: float) -> None:
        """One request of the bucket. Raises Over."""
        self._tokens = min(share.burst, self._tokens + (now - self._told) * share.per_second)
        self._told = now
        if self._tokens < 1.0:
            raise Over("spike", max(1, math.ceil((1.0 - self._tokens) / share.per_second)))
        self._tokens -= 1.0

    def check_running(self, share: Share, *, export: bool, exports: int) -> None:
        """Raises Over where as many run as may, or as many exports as one caller may have (`exports`)."""
        if self.running >= share.concurrent:
            raise Over("concurrent", 1)
        if export and self.exports >= exports:
            raise Over("exports", 1)

    def met(self, share: Share, now: float) -> Over | None:
        """The limit that one more request would meet, those that are `coming` before it; spends nothing, raises nothing: what
        is raised holds on to where it was, and a crowd of that is the garbage collector's to find."""
        if self.running >= share.concurrent:
            return Over("concurrent", 1)
        tokens = min(share.burst, self._tokens + (now - self._told) * share.per_second) - self.coming
        if tokens < 1.0:
            return Over("spike", max(1, math.ceil((1.0 - tokens) / share.per_second)))
        return None

    def begin_day(self, day: date) -> None:
        """What was lent for another day is not spent on this one."""
        if self.day != day:
            self.day, self.block, self.lent, self.used_up_at = day, 0, 0, None

    def missing(self, share: Share) -> int:
        """How much to ask for now, 0 = nothing: a block is filled up when half of it is spent, so that a server never
        holds more than one."""
        return 0 if self.asking or self.block > share.block // 2 else share.block - self.block

    def lend(self, day: date, granted: int, lent: int, now: float) -> None:
        """The answer to what was asked for."""
        self.asking = False
        if day == self.day:
            self.block += granted
            self.lent = lent
            self.used_up_at = None if granted else now

    def spend_block(self, share: Share, now: float, left_of_day_s: float) -> bool:
        """One request of the block; False where nothing is lent and it has to be asked for. Raises Over: the day's
        quota is used up."""
        if self.block:
            self.block -= 1
            return True
        if self.used_up_at is not None and now - self.used_up_at < ASK_AGAIN_S:
            raise Over("daily", max(1, math.ceil(left_of_day_s)))
        return False

    def limits(self, share: Share, left_of_day_s: float) -> bytes:
        """The RateLimit field: what is left here now, and after how many seconds it is whole again."""
        whole_s = math.ceil((share.burst - self._tokens) / share.per_second)
        left = max(0, share.plan.daily - self.lent) + self.block
        return b'"spike";r=%d;t=%d, "daily";r=%d;t=%d' % (self._tokens, whole_s, left, left_of_day_s)


def refusal(plan: Plan, over: Over) -> TooMany:
    """What a caller is told who met a limit of their plan."""
    texts = {
        "spike": (
            Text(
                f"请求过快：此套餐每秒 {plan.per_second:g} 次，最多连续 {plan.burst} 次",
                f"Too fast: this plan takes {plan.per_second:g} requests a second, {plan.burst} at once",
            ),
            Text(
                "请按 Retry-After 等待后放慢速度；整表数据请用 export；没有密钥的可申请密钥",
                "Wait for Retry-After and slow down; for whole tables use export; without a key, ask for one",
            ),
        ),
        "concurrent": (
            Text(
                f"同时进行的请求超过 {plan.concurrent} 个",
                f"More than {plan.concurrent} requests at one time",
            ),
            Text("请等前面的请求结束后再发", "Wait until one of them has ended"),
        ),
        "exports": (
            Text("同时进行的导出过多", "Too many exports at one time"),
            Text("请等前面的导出结束后再发", "Wait until one of them has ended"),
        ),
        "daily": (
            Text(f"今日 {plan.daily} 次配额已用完", f"The {plan.daily} requests of today are used up"),
            Text(
                "请按 Retry-After 于明日再试；整表数据请用 export；需要更多可申请更高套餐",
                "Try again tomorrow, after Retry-After; for whole tables use export; for more, ask for another plan",
            ),
        ),
    }
    return TooMany(*texts[over.policy], policy=over.policy, retry_after_s=over.retry_after_s)

"""``python spender.py METER DAILY OUT``: a server that spends one caller's quota through the real meter thread and account
until it is used up. Says that it is up, and begins when it has read from standard input after how many it is to kill itself,
nothing = never. Writes one byte to OUT for every request it admits."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from datetime import UTC, date, datetime

from gateway.access.plan import Plan
from gateway.serve.account import Account, Over, share_of
from gateway.serve.meter import Lease, Meter, open_meter

DAY = date(2026, 5, 1)


async def main(url: str, daily: int, out: str, dies_after: int | None) -> None:
    meter = Meter(lambda: open_meter(url), lambda: datetime.now(UTC))
    share = share_of(Plan("p", per_second=1_000_000, burst=1_000_000, daily=daily, concurrent=10), 1)
    account = Account(share, time.monotonic())
    account.begin_day(DAY)
    loop = asyncio.get_running_loop()
    told = asyncio.Event()

    def ask(wanted: int) -> None:
        account.asking = True

        def answered(granted: tuple[int, int] | None) -> None:
            assert granted is not None
            account.lend(DAY, *granted, time.monotonic())
            told.set()

        meter.lease(
            Lease(
                "kkkkkkkk", DAY, daily, wanted, lambda granted: loop.call_soon_threadsafe(answered, granted)
            )
        )

    admitted = 0
    with open(out, "wb", buffering=0) as file:  # noqa: PTH123
        while True:
            try:
                if account.spend_block(share, time.monotonic(), 1.0):
                    file.write(b"x")
                    admitted += 1
                    if admitted == dies_after:
                        os.kill(os.getpid(), signal.SIGKILL)
                    if wanted := account.missing(share):
                        ask(wanted)
                    await asyncio.sleep(0)
                    continue
            except Over:
                break
            if wanted := account.missing(share):
                ask(wanted)
            told.clear()
            if account.asking:
                await told.wait()
            if account.used_up_at is not None and not account.block:
                break
    assert account.block == 0
    meter.close()


if __name__ == "__main__":
    sys.stdout.write("up\n")
    sys.stdout.flush()
    line = sys.stdin.readline().strip()
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(line) if line else None))

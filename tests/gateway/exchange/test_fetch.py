"""The reader of other people's servers holds no more of an answer than it may, packed or not."""

from __future__ import annotations

import gzip

import pytest

from catalog.errors import TooLarge
from gateway.exchange.fetch import Fetcher
from tests.gateway.exchange.stub_ckan import Answering, Portal


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_past_the_bound_ends_where_it_is_reached(portal: Portal, packed: bool) -> None:
    plain = b" " * (8 << 20)

    def large(asking: Answering) -> bool:
        coding = {"Content_Encoding": "gzip"} if packed else {}
        asking.send(200, gzip.compress(plain) if packed else plain, "text/turtle", **coding)
        return True

    portal.before = large
    bound = 1 << 20
    fetcher = Fetcher(allow_private=True, per_second=100, deadline_s=10, max_bytes=bound)
    with fetcher.get(f"{portal.url}/a.ttl") as answer:
        assert len(answer.body.read(bound // 2)) == bound // 2
        with pytest.raises(TooLarge):
            answer.read()

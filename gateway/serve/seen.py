"""What an answer began from, and whether that may still be seen: asked again after every wait and before every chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from catalog.errors import Gone, NotFound, Unavailable
from catalog.registry.services import Standing
from catalog.service import ANSWERING
from catalog.text import Text

__all__ = ["Seen", "Stands", "not_found", "not_open", "still_open"]


class Stands(Protocol):
    """What is open now, from memory: each raises Unavailable without the epoch lease."""

    def number(self, dataset_id: str) -> int | None:
        """The number of the current release; None when nothing is open."""
        ...

    def epoch(self) -> int:
        """The policy epoch the shelf stands at."""
        ...

    def services(self, service_id: str) -> tuple[Standing, ...]:
        """Every version of a purpose-built API, the newest declared first."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What was open when an answer began: dataset → number of its release, the policy epoch, and for an operation
    its id and number. `earlier` = the answer is of a release before the one of that number."""

    rests: tuple[tuple[str, int], ...]
    epoch: int
    earlier: bool = False
    service: tuple[str, int] | None = None


def still_open(seen: Seen, shelf: Stands) -> None:
    """Raises NotFound, Gone or Unavailable: since the answer began something it rests on was withdrawn, or the rules
    changed and it is another release now. (A newer release under the same rules does not end an answer from the older
    one.) An answer from an earlier release ends with either: it was open beside that number, under those rules."""
    judged_anew = shelf.epoch() != seen.epoch
    for dataset_id, number in seen.rests:
        now = shelf.number(dataset_id)
        if now is None:
            raise not_found() if seen.service is None else not_open(dataset_id)
        moved = now != number
        if (moved and judged_anew) or (seen.earlier and (moved or judged_anew)):
            raise _changed()
    if seen.service is not None:
        service_id, place = seen.service
        if not any(one.number == place and one.state in ANSWERING for one in shelf.services(service_id)):
            raise _changed()


def not_found() -> NotFound:
    return NotFound(
        Text("没有这个数据集，或它没有开放", "There is no such dataset, or it is not open"),
        Text("请在 /api/v1/datasets 查找数据集", "Find datasets at /api/v1/datasets"),
    )


def not_open(dataset_id: str) -> Gone:
    """An operation rests on a dataset that is not open (any more)."""
    return Gone(
        Text(
            f"这个服务所依据的数据集 {dataset_id} 现未开放",
            f"Dataset {dataset_id}, which this service rests on, is not open now",
        ),
        Text("它重新开放后服务随之恢复", "The service is back once the dataset is open again"),
    )


def _changed() -> Unavailable:
    return Unavailable(
        Text("数据集刚刚按新规则重新发布", "The dataset was just released again under new rules"),
        Text("请重新请求", "Ask again"),
    )

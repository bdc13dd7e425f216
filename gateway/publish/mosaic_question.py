"""What an officer is asked where a planned output and what is open already identify persons together."""

from __future__ import annotations

from datetime import date

from catalog.release import Question, QuestionKind, round_to_10
from catalog.text import Text
from gateway.publish.law import Law
from gateway.publish.mosaic import Mosaic, Piece

__all__ = ["mosaic_question"]


def mosaic_question(mosaic: Mosaic | None, law: Law, on: date) -> tuple[Question, ...]:
    """What an officer is told where the mosaic does not hold; nothing where it does, or where every entry in force that
    asks for it has been lifted for this dataset."""
    if mosaic is None or not mosaic.is_held:
        return ()
    asking = [one for one in law.entries.entries if one.deferred and one.in_force(on)]
    if asking and all(one.entry_id in law.exempt and one.governance.exemptible for one in asking):
        return ()
    told = [_told(one) for one in mosaic.pieces]
    if mosaic.joint_k is not None and mosaic.joint_k < mosaic.asked:
        told.append(
            Text(
                f"与所有相关数据合并：最小群体 {mosaic.joint_k}",
                f"with all of them at once: smallest group {mosaic.joint_k}",
            )
        )
    if mosaic.unread:
        told.append(
            Text(
                f"另有 {mosaic.unread} 份已开放数据需逐行比对，超出上限",
                f"{mosaic.unread} more open releases would have to be read, beyond the limit",
            )
        )
    return (
        Question(
            QuestionKind.TERMS,
            "mosaic",
            Text(
                f"与已开放数据合并会把个人缩小到不足 {mosaic.asked} 行的群体或直接关联：{'；'.join(t.zh for t in told)}",
                f"Joined with what is open, persons are narrowed down to groups below {mosaic.asked} rows, or linked: "
                f"{'; '.join(t.en for t in told)}",
            ),
            Text(
                "泛化或隐去共同的列（--set column:列名=drop），或改为有条件开放；确有依据时可申请豁免",
                "Generalise or drop what is shared (--set column:NAME=drop), or open it to grantees only; an exemption lifts it",
            ),
            "officer",
        ),
    )


def _told(one: Piece) -> Text:
    mine = "、".join(dict.fromkeys(a for a, _ in one.columns))
    columns = ", ".join(a if a == b else f"{a}={b}" for a, b in one.columns)
    where = (
        Text(f"数据集 {one.dataset_id}（行的顺序相同）", f"dataset {one.dataset_id} (rows in the same order)")
        if one.by_order
        else Text(
            f"数据集 {one.dataset_id} 的已开放版本，两版差异",
            f"the open version of {one.dataset_id}, what differs",
        )
        if one.version
        else Text(
            f"数据集 {one.dataset_id}（经 {mine or columns}）", f"dataset {one.dataset_id} (by {columns})"
        )
    )
    alone = "–" if one.k_alone is None else one.k_alone
    linked_zh = f"，{round_to_10(one.linked_rows)} 行可关联到标识或敏感值" if one.linked_rows else ""
    linked_en = (
        f", about {round_to_10(one.linked_rows)} rows linked to an identifier or sensitive value"
        if one.linked_rows
        else ""
    )
    sizes_zh = "" if one.k_together is None else f"，最小群体单独 {alone}、合并 {one.k_together}"
    sizes_en = "" if one.k_together is None else f", smallest group {alone} alone, {one.k_together} together"
    return Text(f"{where.zh}{sizes_zh}{linked_zh}", f"{where.en}{sizes_en}{linked_en}")

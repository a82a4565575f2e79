from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from newscrawl.identity.signature import LOOKED_UP, Signature, make_signature
from newscrawl.store.signatures import (
    STOP_AFTER,
    Head,
    SignatureIndex,
    Signed,
    from_document,
    keys_for,
    moment,
    order_of,
    to_document,
    week_of,
    window,
)

if TYPE_CHECKING:
    from newscrawl.store.store import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXT = (
    "The council closed the northern pier on Friday after divers found cracks in eleven of its forty pillars. "
    "Repairs will take until spring, the harbour master said, and the ferries move to the fish quay meanwhile."
)


def signed(number: int, text: str = TEXT, at: datetime = NOW) -> Signed:
    report = number.to_bytes(16)
    order = order_of(at) + number
    signature = make_signature("Pier closed", text)
    return Signed(
        report=report,
        keys=keys_for(signature, f"{number:032x}"),
        signature=signature,
        head=Head(order, report),
        order=order,
    )


async def put(index: SignatureIndex, *batch: Signed, at: datetime = NOW) -> None:
    await index.put(batch, await index.keys_of(batch), at)


async def near(index: SignatureIndex, one: Signed, at: datetime = NOW) -> list[int]:
    (found,) = await index.neighbours(await index.keys_of([one]), at)
    assert found.own.report == one.report
    return [int.from_bytes(other.report) for other in found.others]


def test_heads_sort_as_their_bytes_do() -> None:
    heads = [
        Head(5, b"b" * 16),
        Head(0, b"c" * 16),
        Head(5, b"a" * 16, apart=True),
        Head(5, b"a" * 16),
        Head(2**60, b"a" * 16),
    ]
    assert sorted(heads, key=Head.pack) == sorted(heads)
    assert [Head.unpack(head.pack()) for head in heads] == heads
    assert heads[0].story_id == "62" * 16


def test_a_week_begins_on_monday_and_years_as_iso_8601_says() -> None:
    assert (
        week_of(datetime(2026, 12, 31, tzinfo=UTC)) == week_of(datetime(2027, 1, 3, tzinfo=UTC)) == "signatures_2026w53"
    )
    assert week_of(datetime(2027, 1, 4, tzinfo=UTC)) == "signatures_2027w01"
    assert week_of(moment(order_of(NOW))) == "signatures_2026w48"


def test_three_weeks_are_read_and_at_the_end_of_one_the_next_as_well() -> None:
    assert window(NOW) == ["signatures_2026w48", "signatures_2026w47", "signatures_2026w46"]
    assert window(datetime(2026, 11, 29, 23, 55, tzinfo=UTC))[:2] == ["signatures_2026w49", "signatures_2026w48"]


def test_a_signature_comes_back_from_its_document() -> None:
    one = signed(7)
    assert one.signature is not None
    document = {"_id": one.report, "order": one.order, "keys": list(one.keys)}
    back = from_document({**document, "head": Head(3, bytes(16)).pack(), **to_document(one.signature)})
    assert back.signature == replace(one.signature, keys=())
    assert (back.report, back.keys, back.head, back.order) == (one.report, one.keys, Head(3, bytes(16)), one.order)
    head = from_document(document)
    assert (head.signature, head.head) == (None, one.head)


def test_keys_are_signed_32_bit_integers_and_a_short_text_has_one_of_its_own() -> None:
    signature = Signature(keys=(-1, 2**40 + 5, 2**31, 5), sketch=b"", numbers=())
    assert keys_for(signature, "0" * 32) == (-1, 5, -(2**31))
    assert keys_for(None, "ffffffff" + "0" * 24) == (-1,)


async def test_who_shares_a_key_is_near(store: Store) -> None:
    index = SignatureIndex(store.connection)
    other = "Nine orchards in the valley were sold to a cider maker whose trees carry fruit every second year only."
    await put(index, signed(1), signed(2, other))
    copy = signed(3, f"{TEXT} Shop owners fear for their winter trade, for the only bus runs once an hour.")
    await put(index, copy)
    assert await near(index, copy) == [1]
    assert await near(index, signed(2, other)) == []


async def test_the_same_short_text_is_found_by_its_key(store: Store) -> None:
    index = SignatureIndex(store.connection)
    one = Signed(report=b"a" * 16, keys=(5,), signature=None, head=Head(1, b"a" * 16), order=1)
    two = Signed(report=b"b" * 16, keys=(5,), signature=None, head=Head(2, b"b" * 16), order=2)
    await put(index, one, two)
    (found,) = await index.neighbours(await index.keys_of([two]), NOW)
    assert [other.report for other in found.others] == [b"a" * 16]


async def test_a_new_text_replaces_the_signature_and_keeps_its_place(store: Store) -> None:
    index = SignatureIndex(store.connection)
    await put(index, signed(1))
    week_later = NOW + timedelta(weeks=1)
    await put(index, signed(1, "Short.", week_later), at=week_later)
    (document,) = (await index.find([(1).to_bytes(16)], week_later)).values()
    assert (document["order"], document["keys"]) == (signed(1).order, [0])
    assert "sketch" not in document
    assert await store.connection.database[week_of(week_later)].count_documents({}) == 0


async def test_copies_of_two_weeks_are_near_and_the_fourth_week_is_dropped(store: Store) -> None:
    index = SignatureIndex(store.connection)
    await put(index, signed(1))
    for weeks, seen in ((2, [1]), (3, [2])):
        at = NOW + timedelta(weeks=weeks)
        await put(index, signed(weeks, at=at), at=at)
        assert await near(index, signed(weeks, at=at), at) == seen
    names = await store.connection.database.list_collection_names()
    assert sorted(name for name in names if name.startswith("signatures_")) == [
        "signatures_2026w50",
        "signatures_2026w51",
    ]


async def test_stop_keys_make_room_for_spare_ones(store: Store) -> None:
    index = SignatureIndex(store.connection)
    one = signed(1)
    common, rare = one.keys[:2]
    stories = [Head(number, bytes(16)) for number in range(STOP_AFTER + 1)]
    await index.stop({common: stories, rare: stories[:-1]}, NOW)
    await index.stop({common: stories}, NOW)
    assert (await index.keys_of([one]))[one.report] == list(one.keys[1 : LOOKED_UP + 1])
    indexes = await store.connection.database.stop_keys.index_information()
    assert indexes["at_1"]["expireAfterSeconds"] == 60 * 24 * 3600


@pytest.mark.parametrize("moved_first", [True, False])
async def test_a_moved_story_takes_its_members_along(store: Store, moved_first: bool) -> None:
    index = SignatureIndex(store.connection)
    first, second, third = signed(1), signed(2), signed(3)
    await put(index, first, second, third)
    moves = [{third.head: second.head}, {second.head: first.head}]
    for move in moves if moved_first else moves[::-1]:
        await index.relabel(move, NOW)
    moved_to = await index.heads_of([second.head, third.head, Head(0, third.report)], NOW)
    # In the other order the third is behind: who moved it sees that its new head was moved, and goes on.
    assert moved_to == {second.head: first.head, third.head: first.head if moved_first else second.head}

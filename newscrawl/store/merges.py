"""Two stored reports that turn out to be one become one: the older id lives, and nothing points to the other.

A merge is written down first, as an open tombstone that holds the document that is to go. All steps after that may be
repeated, by anyone, so a crash at any point is made good by `finish`. Where the server has transactions (a replica set)
nobody ever sees a merge half done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pymongo.errors import DuplicateKeyError

from newscrawl.identity.keys import report_id
from newscrawl.store.connection import Connection, Document, StoreError, patiently
from newscrawl.store.documents import mark
from newscrawl.store.revisions import LASTING, keep_revision
from newscrawl.store.tombstones import Tombstones

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from pymongo.asynchronous.client_session import AsyncClientSession

    from newscrawl.store.reports import Saved
    from newscrawl.store.stories import StoryStore

MOST_MERGED = 5
"""Reports that one report takes in by text or redirect. What many others turn into is a notice ("this article was
removed") or an archive page: then they stay as they were."""
_TRIES = 20
_MARKS = ("_id", "changed", "last_event")


@dataclass(frozen=True, slots=True)
class Placed:
    """A page that was read, and where the store holds its text."""

    entry_id: str
    """Of the ledger entry: the id by the URL that was fetched."""
    page_id: str
    """Id of the report by what the page says, its canonical link among it."""
    saved: Saved


class MergeStore:
    """Finds reports that are one, and makes them one."""

    def __init__(self, connection: Connection, stories: StoryStore) -> None:
        self.connection = connection
        self.stories = stories
        self.tombstones = Tombstones(connection)
        self._reports = connection.database.reports
        self._revisions = connection.database.revisions
        self._urls = connection.database.urls
        self._tombstones = connection.database.tombstones
        self._transactions: bool | None = None

    # -- which reports are one ---------------------------------------------------------------------------------------

    async def settle(self, pages: Sequence[Placed]) -> list[Saved]:
        """Merge what the pages that were just saved show to be one; the results with the ids that live.

        Whatever else is stored under a page's own URL, or under a URL that redirects to it, is the same report: a page
        that now shows the text of another report, a canonical link that now names another one, a page that has moved.
        """
        redirected = await self._redirected_to({page.entry_id for page in pages})
        own = {page.entry_id for page in pages} | {page.page_id for page in pages}
        stored = await self._addresses_of(own | {id_ for ids in redirected.values() for id_ in ids})
        results = []
        for page in pages:
            lives = page.saved.report_id
            others = dict.fromkeys(redirected.get(page.entry_id, ()), "redirect")
            others[page.entry_id] = "text" if page.entry_id == page.page_id else "canonical"
            if stored.get(page.page_id) == page.entry_id:  # else its canonical link names another page's report
                others.setdefault(page.page_id, "text")
            for other, why in others.items():
                if other in stored and other != page.saved.report_id:
                    lives = await self.merge(other, lives, why)
            if page.entry_id in redirected:
                await self._point_redirects(page.entry_id, lives)
            results.append(replace(page.saved, report_id=lives))
        return results

    async def redirected(self, past: str, target_id: str) -> str:
        """A page now redirects to another known URL; returns the id of the report that it is part of.

        `past`: the report that the page had, `target_id`: id by that URL. While nothing is stored of the target, the
        page keeps the report it had; both are merged when it is (`settle`).
        """
        entry = await self._entry(target_id)
        present = await self.tombstones.resolve((entry or {}).get("report") or target_id)
        past = await self.tombstones.resolve(past)
        lives = await self.merge(past, present, "redirect")
        stored = await self._addresses_of({past, lives})
        return past if past in stored and lives not in stored else lives

    @patiently
    async def _entry(self, entry_id: str) -> Document | None:
        found: Document | None = await self._urls.find_one({"_id": entry_id}, {"report": 1})
        return found

    @patiently
    async def _redirected_to(self, entry_ids: set[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        async for entry in self._urls.find({"redirect_key": {"$in": list(entry_ids)}}, {"redirect_key": 1}):
            found.setdefault(entry["redirect_key"], []).append(entry["_id"])
        return found

    @patiently
    async def _point_redirects(self, entry_id: str, lives: str) -> None:
        await self._urls.update_many({"redirect_key": entry_id}, {"$set": {"report": lives}})

    @patiently
    async def _addresses_of(self, ids: set[str]) -> dict[str, str]:
        """Id -> id by the URL it is at, of those that are stored."""
        found = self._reports.find({"_id": {"$in": list(ids)}}, {"url": 1})
        return {document["_id"]: report_id(document["url"]) async for document in found}

    # -- one merge ---------------------------------------------------------------------------------------------------

    async def merge(self, past: str, present: str, why: str) -> str:
        """Make one report of two of one source, and return the id that lives: that of the one first seen.

        `present` has the state that is shown now; the other's becomes a revision. `why` is `text`, `redirect` or
        `canonical`. Safe to repeat, and whoever merges the same reports at the same time comes to the same end.
        """
        for _ in range(_TRIES):
            past, present = await self.tombstones.resolve(past), await self.tombstones.resolve(present)
            pair = await self._pair(past, present)
            if pair is None or await self._is_notice(past, present, why):
                return present
            await self.stories.join(past, present)  # while both are stored
            pair = await self._pair(past, present) or pair
            older, newer = sorted(pair, key=lambda document: (document["first_seen_at"], document["_id"]))
            if not await self._remove(newer, older["_id"], present, why):
                await self._redo(newer["_id"])  # another process has begun to merge it: end that first
            await self._close(newer["_id"])
            await self.stories.forget(newer["_id"])
        raise StoreError(f"reports {past} and {present} could not be merged: other writers kept changing them")

    async def finish(self) -> int:
        """End the merges that a crash has left open; how many there were."""
        left = await self._open_ones()
        for gone in left:
            await self._redo(gone)
            await self._close(gone)
            await self.stories.forget(gone)
        return len(left)

    @patiently
    async def _redo(self, gone_id: str) -> None:
        await self._carry_out(gone_id)

    @patiently
    async def _open_ones(self) -> list[str]:
        return [document["_id"] async for document in self._tombstones.find({"open": True}, {"_id": 1})]

    @patiently
    async def _pair(self, one: str, other: str) -> list[Document] | None:
        found = [document async for document in self._reports.find({"_id": {"$in": [one, other]}})]
        return found if len(found) == 2 and found[0]["source"] == found[1]["source"] else None

    @patiently
    async def _is_notice(self, past: str, present: str, why: str) -> bool:
        query = {"into": {"$in": [past, present]}, "why": {"$in": ["text", "redirect"]}}
        return why != "canonical" and await self._tombstones.count_documents(query, limit=MOST_MERGED) >= MOST_MERGED

    @patiently
    async def _remove(self, gone: Document, into: str, present: str, why: str) -> bool:
        """Do all but the telling. False where an open merge of `gone` is written down already."""
        try:
            if await self._has_transactions():
                async with self.connection.client.start_session() as session:
                    await session.with_transaction(lambda s: self._open_and_carry_out(gone, into, present, why, s))
            else:
                await self._open_and_carry_out(gone, into, present, why, None)
        except DuplicateKeyError:
            return False
        return True

    async def _open_and_carry_out(
        self, gone: Document, into: str, present: str, why: str, session: AsyncClientSession | None
    ) -> None:
        await self._open(gone, into, present, why, session)
        await self._carry_out(gone["_id"], session)

    async def _has_transactions(self) -> bool:
        if self._transactions is None:
            hello = await self.connection.database.command("hello")
            self._transactions = "setName" in hello or hello.get("msg") == "isdbgrid"
        return self._transactions

    async def _open(
        self, gone: Document, into: str, present: str, why: str, session: AsyncClientSession | None
    ) -> None:
        """Write down what is to be done. Raises DuplicateKeyError where an open merge of that report is written."""
        values = {"event": "merged", "into": into, "why": why, "present": present, "document": gone, "open": True}
        await self._tombstones.update_one(
            {"_id": gone["_id"], "open": {"$ne": True}},
            {"$set": values, "$unset": {"changed": ""}},
            upsert=True,
            session=session,
        )

    async def _carry_out(self, gone_id: str, session: AsyncClientSession | None = None) -> None:
        async for _ in self.steps(gone_id, session):
            pass

    async def steps(self, gone_id: str, session: AsyncClientSession | None = None) -> AsyncIterator[str]:
        """Do what an open tombstone says, yielding after each write; from the beginning however often it is begun."""
        open_: Document | None = await self._tombstones.find_one({"_id": gone_id, "open": True}, session=session)
        if open_ is None:
            return
        gone = await self._delete(open_, session)
        if gone is None:
            return
        yield "deleted"
        into = await self._join(open_, gone, session)
        yield "joined"
        await self._urls.update_many({"report": gone_id}, {"$set": {"report": into}}, session=session)
        yield "ledger"
        linked = {"source_link.report_id": gone_id}
        await self._reports.update_many(linked, mark("updated", {"source_link.report_id": into}), session=session)
        yield "source links"
        await self._tombstones.update_many({"into": gone_id}, {"$set": {"into": into}}, session=session)
        await self._tombstones.update_one({"_id": gone_id, "open": True}, {"$set": {"into": into}}, session=session)
        yield "tombstones"

    async def _delete(self, open_: Document, session: AsyncClientSession | None) -> Document | None:
        """Delete the report in the state that is written down; the newest state. None where another has ended it."""
        gone: Document = open_["document"]
        for _ in range(_TRIES):
            done = await self._reports.delete_one({"_id": gone["_id"], "changed": gone["changed"]}, session=session)
            now: Document | None = await self._reports.find_one({"_id": gone["_id"]}, session=session)
            if done.deleted_count or now is None:
                return gone
            written = await self._tombstones.update_one(  # it was changed meanwhile
                {"_id": gone["_id"], "open": True}, {"$set": {"document": now}}, session=session
            )
            if not written.matched_count:
                return None
            gone = now
        raise StoreError(f"{gone['url']}: could not be merged: other writers kept changing it")

    async def _join(self, open_: Document, gone: Document, session: AsyncClientSession | None) -> str:
        """Give the survivor the URLs, and where it is the present one the state, of the report that is gone."""
        is_present = open_["present"] == gone["_id"]
        for _ in range(_TRIES):
            into = await self.tombstones.resolve_in(session, open_["into"])
            old: Document | None = await self._reports.find_one({"_id": into}, session=session)
            if old is None:  # merged in turn in this very moment
                continue
            takes_text = is_present and old["content_hash"] != gone["content_hash"]
            new = _next_state(old, gone) if takes_text else dict(old)
            if is_present and "withdrawn_at" not in gone:  # the page is there, at its other address
                new.pop("withdrawn_at", None)
            new["also_at"] = _addresses(old, gone, new["url"])
            if old["content_hash"] != gone["content_hash"]:
                earlier, later = (old, new) if takes_text else (gone, old)
                await self._revisions.bulk_write([keep_revision(earlier, later)], session=session)
            if new == old:
                return into
            if await self._write(old, new, session):
                return into
        raise StoreError(f"{gone['url']}: could not be merged: {open_['into']} is gone, or kept changing")

    async def _write(self, old: Document, new: Document, session: AsyncClientSession | None) -> bool:
        values = {name: value for name, value in new.items() if name not in _MARKS and value != []}
        dropped = {name: "" for name in old if name not in values and name not in _MARKS}
        change = mark("updated", values) | ({"$unset": dropped} if dropped else {})
        guard = {"_id": old["_id"], "changed": old["changed"]}
        try:
            done = await self._reports.update_one(guard, change, session=session)
        except DuplicateKeyError:
            if session:
                raise
            # Without transactions another URL may just have been stored with this text: keep to the URLs, the
            # next look at that one shows that both are one.
            done = await self._reports.update_one(guard, mark("updated", {"also_at": new["also_at"]}))
        return bool(done.matched_count)

    @patiently
    async def _close(self, gone_id: str) -> None:
        """Tell the change feed that it is done."""
        await self._tombstones.update_one(
            {"_id": gone_id, "open": True},
            {
                "$unset": dict.fromkeys(("open", "document", "present"), ""),
                "$currentDate": {"changed": {"$type": "timestamp"}},
            },
        )


def _next_state(old: Document, shown: Document) -> Document:
    """The state of `old` when it shows what `shown` shows."""
    lasting = {name: old[name] for name in LASTING if name in old}
    shown = {name: value for name, value in shown.items() if name not in LASTING}
    return {**shown, **lasting, "revision": old["revision"] + 1, "unplaced": True}  # to be signed anew


def _addresses(old: Document, gone: Document, url: str) -> list[str]:
    """All URLs of both but the one that the report is at."""
    every = [*old.get("also_at", ()), old["url"], gone["url"], *gone.get("also_at", ())]
    return [address for address in dict.fromkeys(every) if address != url]

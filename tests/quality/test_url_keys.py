"""URL keys on real addresses: those of the replay web and what their pages name as canonical."""

from __future__ import annotations

import json

import pytest

from newscrawl.identity.keys import identity_url, url_key
from newscrawl.urls import absolute_url, same_site
from tests.web import NO_REPLAY, REPLAY

MANIFEST = REPLAY.parent / "pages" / "manifest.jsonl"


@pytest.mark.skipif(not MANIFEST.is_file(), reason=NO_REPLAY)
def test_keys_of_real_addresses() -> None:
    pages = [json.loads(line) for line in MANIFEST.read_text(encoding="utf-8").splitlines()]
    claims = {page["url"]: absolute_url(page["url"], page.get("canonical") or "") for page in pages}
    own = {url: claim for url, claim in claims.items() if claim and claim != url and same_site(url, claim)}

    assert len({url_key(url) for url in claims}) == len(claims), "no two reports have one key"
    assert len({url_key(identity_url(url, claim)) for url, claim in claims.items()}) == len(claims)
    by_rules = [url for url, claim in own.items() if url_key(url) == url_key(claim)]
    by_claim = [url for url, claim in own.items() if url_key(identity_url(url, claim)) == url_key(claim)]
    print(
        f"{len(claims)} addresses, {len(own)} other canonical ones; same key {len(by_rules)}, same id {len(by_claim)}"
    )
    assert len(by_claim) / len(own) >= 0.93

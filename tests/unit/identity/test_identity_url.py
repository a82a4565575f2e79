from __future__ import annotations

import pytest

from newscrawl.identity.keys import identity_url

URL = "https://www.example.com/2025/05/harbour-opens"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (URL, "https://other.example/2025/05/harbour-opens"),  # another site's
        (URL, "https://www.example.com/"),
        (URL, "https://www.example.com/2025"),  # a folder above
        (URL, "https://www.example.com/news"),  # a section
        ("https://example.com/story?id=17", "https://example.com/story"),  # would be one report for all ids
    ],
)
def test_a_claim_that_cannot_be_this_report_does_not_count(url: str, canonical: str) -> None:
    assert identity_url(url, canonical) == url


@pytest.mark.parametrize(
    "url",
    [
        URL + "/amp",
        "https://www.example.com/2025/05/harbour-4711?from=home",
        "https://m.example.com/2025/05/harbour-opens",
    ],
)
def test_another_form_of_the_same_page_has_the_canonical_identity(url: str) -> None:
    canonical = url.partition("?")[0] if "?" in url else URL
    assert identity_url(url, canonical) == canonical

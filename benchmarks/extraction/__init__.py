"""How well pages are read: newscrawl on four public corpora, beside trafilatura as it comes. See docs/extraction.md."""

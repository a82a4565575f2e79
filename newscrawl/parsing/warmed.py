"""Imported by the fork server: everything that workers need, loaded and run once before the first fork."""

from newscrawl.extraction.warm import warm_up
from newscrawl.parsing import work  # noqa: F401

warm_up()

"""Bytes -> entries: feeds, sitemaps, pages that list reports, robots.txt. Pure functions; run in workers."""

"""Bytes and URL -> report: body, metadata, source link, and where each value came from. Runs in workers."""

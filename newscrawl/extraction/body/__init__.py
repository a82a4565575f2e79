"""The body of a report: the lines of trafilatura, corrected."""

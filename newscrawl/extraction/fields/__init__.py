"""The fields of a report but its body: each from a page to candidates."""

"""The command line: one file per command; each parses options and calls one function."""

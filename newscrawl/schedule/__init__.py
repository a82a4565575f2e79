"""When sources are crawled: on one machine, and on many."""

"""The worker pool: whatever parses foreign bytes runs here, in child processes with a deadline and a memory limit."""

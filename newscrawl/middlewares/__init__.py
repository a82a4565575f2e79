"""What every request and answer passes: address guard, robots, conditional requests, retry, whole bodies."""

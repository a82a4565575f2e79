"""What accompanies a crawl: its record, its limits, its resources."""

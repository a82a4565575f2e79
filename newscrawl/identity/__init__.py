"""What makes two documents the same: URL key and content hash."""

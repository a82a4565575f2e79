"""What makes two documents the same: URL key, content hash, signature."""

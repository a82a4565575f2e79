"""validate -> deduplicate -> store."""

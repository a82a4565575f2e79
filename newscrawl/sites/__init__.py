"""Site pages: what the general rules get wrong on one site, put right field by field."""

"""What pages state in structured form: JSON-LD, meta elements, microdata."""

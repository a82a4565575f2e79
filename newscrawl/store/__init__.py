"""The only door to MongoDB. Its methods are named for the question, not for the query."""

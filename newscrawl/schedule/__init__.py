"""When what is crawled: due times, claims, many crawls in one loop."""

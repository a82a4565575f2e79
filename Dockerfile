FROM python:3.11-slim

RUN useradd --create-home --uid 1000 newscrawl
WORKDIR /app
COPY pyproject.toml README.md LICENSE scrapy.cfg ./
COPY newscrawl newscrawl
RUN pip install --no-cache-dir '.[celery]'

USER newscrawl
ENV NEWSCRAWL_SOURCES=/sources PYTHONUNBUFFERED=1
# There is no private mongod in here: set MONGODB_URI.
ENTRYPOINT ["newscrawl"]
CMD ["--help"]

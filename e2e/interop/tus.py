"""Uploads a file with a tus client that others wrote, over whatever line it is given.

    python tus.py tuspy|aiotus ENDPOINT FILE

Chunks of 400 kB, and a new try at once whenever the line breaks. Needs the packages of tus-requirements.txt.
"""

import asyncio
import sys

CHUNK = 400_000
RETRIES = 60


def tuspy(endpoint: str, path: str) -> str:
    from tusclient import client

    uploader = client.TusClient(endpoint).uploader(path, chunk_size=CHUNK, retries=RETRIES, retry_delay=0)
    uploader.upload()
    return uploader.url


def aiotus(endpoint: str, path: str) -> str:
    import aiotus

    config = aiotus.RetryConfiguration(retry_attempts=RETRIES, max_retry_period_seconds=0.01)
    with open(path, "rb") as file:
        url = asyncio.run(aiotus.upload(endpoint, file, config=config, chunksize=CHUNK))
    if url is None:
        raise SystemExit("aiotus gave up")
    return str(url)


which, endpoint, path = sys.argv[1:]
print({"tuspy": tuspy, "aiotus": aiotus}[which](endpoint, path))

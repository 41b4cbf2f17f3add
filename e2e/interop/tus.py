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
    return asyncio.run(aiotus_upload(endpoint, path))


async def aiotus_upload(endpoint: str, path: str) -> str:
    # The steps of aiotus.upload, which takes a path in Location for one below the endpoint (RFC 9110 says otherwise), so
    # the address is resolved here.
    import aiohttp
    import yarl
    from aiotus import core, creation

    url = yarl.URL(endpoint)
    async with aiohttp.ClientSession() as session:
        with open(path, "rb") as file:
            location = url.join(await creation.create(session, url, file, {}))
            for _ in range(RETRIES):
                try:
                    await core.upload_buffer(session, location, file, chunksize=CHUNK)
                    return str(location)
                except (aiohttp.ClientError, core.common.ProtocolError):
                    await asyncio.sleep(0.01)
    raise SystemExit("aiotus gave up")


which, endpoint, path = sys.argv[1:]
print({"tuspy": tuspy, "aiotus": aiotus}[which](endpoint, path))

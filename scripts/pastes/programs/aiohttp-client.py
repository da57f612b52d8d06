import asyncio
import sys

import aiohttp


async def main():
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        await session.get(sys.argv[1] + "/v1/me", headers={"Authorization": "Bearer undefined"})


asyncio.run(main())

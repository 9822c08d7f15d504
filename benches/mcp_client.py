"""Asks one MCP server over stdio, by the official SDK of the protocol, as a model's client asks it.

    python mcp_client.py CALLS.json SECONDS COMMAND...

CALLS.json is a list of {"name", "tool", "arguments", "answer"}. Starts COMMAND several times for the time to its first `tools/list`, then asks each
call for about so many seconds, and prints a line of JSON for the start and for each call.
"""

import asyncio
import json
import os
import resource
import statistics
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

STARTS = 5
LEAST_TIMES = 3


@asynccontextmanager
async def session_with(command):
    server = StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ))
    with open(os.devnull, "w") as silence:
        async with stdio_client(server, errlog=silence) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            yield session


def text_of(result):
    """What crosses the pipe for a result."""
    return result.model_dump_json(by_alias=True, exclude_none=True)


async def measure_start(command):
    """Milliseconds from nothing to the list of tools, and the bytes of that list."""
    walls = []
    for _ in range(STARTS):
        started = time.perf_counter()
        async with session_with(command) as session:
            listed = text_of(await session.list_tools())
            walls.append(1000 * (time.perf_counter() - started))
    tools = json.loads(listed)["tools"]
    return line("start to the first tools/list", walls, len(listed.encode()), tools=len(tools))


async def measure_call(session, call, seconds):
    async def ask():
        result = await session.call_tool(call["tool"], call["arguments"])
        answer = text_of(result)
        if result.isError or call["answer"] not in answer:
            raise RuntimeError(f"`{call['answer']}` is not in {answer[:500]}")
        return answer

    answer = await ask()
    walls = []
    started = time.perf_counter()
    while len(walls) < LEAST_TIMES or time.perf_counter() - started < seconds:
        asked = time.perf_counter()
        await ask()
        walls.append(1000 * (time.perf_counter() - asked))
    return line(call["name"], walls, len(answer.encode()))


def line(name, walls, size, **more):
    median, least, most = statistics.median(walls), min(walls), max(walls)
    return {"question": name, "times": len(walls), "median_ms": median, "least_ms": least, "most_ms": most, "bytes": size} | more


async def main(calls, seconds, command):
    print(json.dumps(await measure_start(command)), flush=True)
    async with session_with(command) as session:
        for call in calls:
            print(json.dumps(await measure_call(session, call, seconds)), flush=True)
    # The last child to end is the server that was asked.
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps(line("greatest resident MiB", [memory], 0)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text()), float(sys.argv[2]), sys.argv[3:]))

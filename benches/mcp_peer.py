"""Asks mlflow-mcp, as a model's client asks it: over stdio, by the official SDK of the protocol.

    python mcp_peer.py URI QUESTIONS.json SECONDS

Asks each question for about so many seconds and prints a line of JSON for it, as questions.rs does. The start of the program is not timed.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

LEAST_TIMES = 3


async def ask(session, question):
    """The answer, as the bytes that cross the pipe."""
    tool, arguments = question["peer"]
    reply = await session.call_tool(tool, arguments)
    answer = reply.model_dump_json(by_alias=True, exclude_none=True)
    if reply.isError or question["answer"] not in answer:
        raise RuntimeError(f"`{question['answer']}` is not in {answer[:500]}")
    return answer


async def measure(session, question, seconds):
    answer = await ask(session, question)
    walls = []
    started = time.perf_counter()
    while len(walls) < LEAST_TIMES or time.perf_counter() - started < seconds:
        asked = time.perf_counter()
        await ask(session, question)
        walls.append(1000 * (time.perf_counter() - asked))
    return {
        "question": question["name"],
        "times": len(walls),
        "median_ms": statistics.median(walls),
        "least_ms": min(walls),
        "most_ms": max(walls),
        "bytes": len(answer.encode()),
    }


async def main(uri, questions, seconds):
    environment = os.environ | {"MLFLOW_TRACKING_URI": uri}
    peer = StdioServerParameters(command=sys.executable, args=["-m", "mlflow_mcp"], env=environment)
    with open(os.devnull, "w") as silence:
        async with stdio_client(peer, errlog=silence) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            for question in json.loads(Path(questions).read_text()):
                print(json.dumps(await measure(session, question, seconds)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))

"""Talks with the server as assistants in Python do, with the official SDK or with fastmcp, and stops at the first thing that is wrong.

    python clients.py mcp|fastmcp auto|legacy asked|allowed|never TOOLS URL
    python clients.py mcp|fastmcp auto|legacy asked|allowed|never TOOLS PROGRAM ARGUMENT...

`auto` is the newest revision of the protocol, `legacy` the one with a handshake. The third word is what the server does about writes: ask the
person, do it, or not offer it. TOOLS is the folder of the published contracts and their examples, which the store has to answer.
"""

import asyncio
import base64
import json
import sys
from pathlib import Path

import anyio
import fastmcp
import mcp
from fastmcp.client.transports import StdioTransport
from jsonschema import Draft202012Validator
from mcp.client.stdio import StdioServerParameters
from mcp_types import ElicitResult, PromptReference, ResourceTemplateReference

LIBRARY, ERA, WRITES, TOOLS, *TARGET = sys.argv[1:]
EXAMPLES = json.loads((Path(TOOLS) / "examples.json").read_text())
CONTRACTS = {name: json.loads((Path(TOOLS) / f"{name}.json").read_text()) for name in EXAMPLES}
IS_STDIO = not TARGET[0].startswith("http")


def client(answer=None):
    """A client whose person answers questions with `answer`; without one, a client that cannot ask."""
    asked = []

    async def official(_context, params):
        asked.append(params.message)
        return answer

    async def fast(message, _response_type, _params, _context):
        asked.append(message)
        return answer

    if LIBRARY == "mcp":
        server = StdioServerParameters(command=TARGET[0], args=TARGET[1:]) if IS_STDIO else TARGET[0]
        made = mcp.Client(server, mode=ERA, elicitation_callback=official if answer else None)
    else:
        server = StdioTransport(TARGET[0], TARGET[1:], keep_alive=False) if IS_STDIO else TARGET[0]
        made = fastmcp.Client(server, mode=ERA, elicitation_handler=fast if answer else None)
    made.asked = asked
    return made


async def call(c, name, arguments, progress=None):
    if LIBRARY == "mcp":
        return await c.call_tool(name, arguments, progress_callback=progress)
    return await c.call_tool_mcp(name, arguments, progress_handler=progress)


def raw(c, method):
    """A method that answers with the protocol's own result: fastmcp's short names unpack them."""
    return getattr(c, method if LIBRARY == "mcp" else f"{method}_mcp")


def valid(schema, value):
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(value)


def text(result):
    return "".join(block.text for block in result.content if block.type == "text")


async def refused(awaitable):
    """The words of the JSON-RPC error that it ends in."""
    try:
        result = await awaitable
    except (mcp.MCPError, fastmcp.exceptions.McpError) as fault:
        return fault
    raise AssertionError(f"no error, but {result}")


async def lists(c):
    assert c.protocol_version == ("2025-11-25" if ERA == "legacy" else "2026-07-28"), c.protocol_version
    assert "never instructions" in c.instructions and len(c.instructions) < 2048
    first, second = [(await raw(c, "list_tools")(**kept)).tools for kept in ({}, {"cache_mode": "bypass"})]
    assert first == second
    names = [tool.name for tool in first]
    assert names == [name for name in EXAMPLES if WRITES != "never" or name != "create_experiment"], names
    definitions = json.dumps([tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in first], separators=(",", ":"))
    assert len(definitions) <= 12_000, len(definitions)
    assert [prompt.name for prompt in (await raw(c, "list_prompts")()).prompts] == [
        "experiment_report", "best_run", "compare_last_runs", "training_curves", "what_matters",
    ]
    uris = [str(resource.uri) for resource in (await raw(c, "list_resources")()).resources]
    assert {"trialogue://experiments", "trialogue://experiments/1", "ui://trialogue/chart.html"} <= set(uris), uris
    templates = [template.uri_template for template in (await raw(c, "list_resource_templates")()).resource_templates]
    assert templates == ["trialogue://experiments/{experiment}", "trialogue://runs/{run_id}", "trialogue://tools/{tool}"], templates
    return {tool.name: tool for tool in first}


async def calls(c, tools):
    """Every tool that reads answers its example, short and whole, as the schemas say."""
    for name, tool in tools.items():
        if not tool.annotations.read_only_hint:
            continue
        arguments = EXAMPLES[name]["arguments"]
        short = await call(c, name, arguments)
        assert not short.is_error, f"{name}: {text(short)}"
        valid(tool.output_schema, short.structured_content)
        properties = tool.input_schema["properties"]
        if "response_format" in properties:
            whole = await call(c, name, {**arguments, "response_format": "detailed"})
            assert not whole.is_error, f"{name}: {text(whole)}"
            valid(tool.output_schema, whole.structured_content)
            valid(CONTRACTS[name]["outputSchema"], whole.structured_content)
            lengths = [len(json.dumps(result.structured_content)) for result in (short, whole)]
            assert lengths[0] <= lengths[1], f"{name}: {lengths}"
        else:
            valid(CONTRACTS[name]["outputSchema"], short.structured_content)
        images = [block for block in short.content if block.type == "image"]
        assert not images, name
        if "chart" in properties:
            drawn = await call(c, name, {**arguments, "chart": "image"})
            (image,) = [block for block in drawn.content if block.type == "image"]
            assert image.mime_type == "image/png" and base64.b64decode(image.data).startswith(b"\x89PNG\r\n"), name


async def progress(c):
    told = []

    async def tell(progress, _total, message):
        told.append((progress, message))

    await call(c, "parameter_impact", EXAMPLES["parameter_impact"]["arguments"], tell)
    assert told and told[0][0] >= 1 and "tracking store" in told[0][1], told


async def completion(c):
    async def names(reference, argument, value, context=None):
        if LIBRARY == "mcp":
            return (await c.complete(reference, {"name": argument, "value": value}, context)).completion.values
        return (await c.complete(reference, {"name": argument, "value": value}, context)).values

    prompt = PromptReference(type="ref/prompt", name="best_run")
    template = ResourceTemplateReference(type="ref/resource", uri="trialogue://runs/{run_id}")
    assert (await names(prompt, "experiment", "churn"))[0] == "churn-prediction-q1"
    assert "f1_score" in await names(prompt, "metric", "f1", {"experiment": "churn-prediction-q1"})
    assert await names(template, "run_id", "run-017") == ["run-017"]
    assert await names(prompt, "experiment", "no such thing") == []


async def resources(c):
    async def read(uri):
        (content,) = (await raw(c, "read_resource")(uri)).contents
        return content

    listed = json.loads((await read("trialogue://experiments")).text)
    valid(CONTRACTS["list_experiments"]["outputSchema"], listed)
    described = json.loads((await read("trialogue://experiments/churn-prediction-q1")).text)
    valid(CONTRACTS["describe_experiment"]["outputSchema"], described)
    run = json.loads((await read("trialogue://runs/run-017")).text)
    valid(CONTRACTS["get_run"]["outputSchema"], run)
    for name in ("best_run", "compare_runs"):
        assert json.loads((await read(f"trialogue://tools/{name}")).text) == CONTRACTS[name]
    view = await read("ui://trialogue/chart.html")
    assert view.mime_type == "text/html;profile=mcp-app" and view.text.lower().startswith("<!doctype html>")
    for uri in ("trialogue://runs/no-such-run", "trialogue://nothing", "file:///etc/passwd", "trialogue://tools/rm"):
        fault = await refused(raw(c, "read_resource")(uri))
        assert fault.error.code == (-32002 if ERA == "legacy" else -32602), f"{uri}: {fault.error}"


async def prompts(c):
    (message,) = (await raw(c, "get_prompt")("best_run", {"experiment": "churn", "metric": "f1"})).messages
    assert "`churn`" in message.content.text and "`f1`" in message.content.text, message
    assert "`what_matters`" in str(await refused(raw(c, "get_prompt")("worst_run", {})))
    assert "`experiment`" in str(await refused(raw(c, "get_prompt")("best_run", {})))


async def errors(c):
    fault = await refused(call(c, "drop_table", {}))
    assert fault.error.code == -32602 and "tools/list" in fault.error.message, fault.error
    for name, arguments, fix in [
        ("list_runs", {"limit": "many"}, "limit"),
        ("list_runs", {"limits": 3}, "`limit`"),
        ("get_run", {}, "run"),
        ("describe_experiment", {"experiment": "chrun-predction-q9"}, "churn-prediction-q1"),
        ("best_run", {"experiment": "churn", "metric": "no_such_metric"}, "f1_score"),
        ("get_run", {"experiment": "churn", "run": "run-999"}, "run-0"),
        ("list_runs", {"experiment": "churn", "filter": "metrics.f1_score >> 1"}, "filter"),
        ("best_run", {"response_format": "endless"}, "`detailed`"),
        ("best_run", {"chart": "pie"}, "`image`"),
    ]:
        result = await call(c, name, arguments)
        assert result.is_error and result.structured_content is None, f"{name} {arguments}: {result}"
        assert fix in text(result) and len(text(result)) < 4_000, f"{name} {arguments}: {text(result)}"


async def has(c, name):
    listed = await call(c, "list_experiments", {"query": name})
    return any(experiment["name"] == name for experiment in listed.structured_content["experiments"])


async def consent():
    """A write is done where the person says yes, and nowhere else."""
    can_ask = ERA != "legacy" or IS_STDIO
    for word, answer, is_written, words in [
        ("yes", ElicitResult(action="accept", content={"consent": True}), can_ask, "created"),
        ("unticked", ElicitResult(action="accept", content={"consent": False}), False, "said no"),
        ("no", ElicitResult(action="decline"), False, "said no"),
        ("away", ElicitResult(action="cancel"), False, "did not answer"),
        ("mute", None, False, "--allow-writes"),
    ]:
        name = f"{LIBRARY}-{ERA}-{'stdio' if IS_STDIO else 'http'}-{word}"
        async with client(answer) as c:
            result = await call(c, "create_experiment", {"name": name})
            if WRITES == "allowed":
                assert not c.asked and not result.is_error and await has(c, name), f"{word}: {text(result)}"
                continue
            assert bool(c.asked) == (can_ask and answer is not None), f"{word}: {c.asked}"
            assert all(name in question for question in c.asked), c.asked
            assert result.is_error == (not is_written), f"{word}: {text(result)}"
            assert (words if can_ask else "--allow-writes") in text(result).lower(), f"{word}: {text(result)}"
            assert await has(c, name) == is_written, word
            if is_written:
                valid(CONTRACTS["create_experiment"]["outputSchema"], result.structured_content)
            # What would be refused anyway is not asked about.
            before = len(c.asked)
            assert (await call(c, "create_experiment", {"title": "x"})).is_error and len(c.asked) == before


async def withdrawal(c):
    """A call that is given up leaves a connection that answers the next."""
    for patience in (0.0005, 0.002, 0.005, 0.01):
        with anyio.move_on_after(patience):
            await call(c, "parameter_impact", EXAMPLES["parameter_impact"]["arguments"])
        assert not (await call(c, "list_experiments", {"limit": 1})).is_error


async def main():
    async with client() as c:
        tools = await lists(c)
        await calls(c, tools)
        await progress(c)
        await completion(c)
        await resources(c)
        await prompts(c)
        await errors(c)
        await withdrawal(c)
        if WRITES == "never":
            assert (await refused(call(c, "create_experiment", {"name": "x"}))).error.code == -32602
    if WRITES != "never":
        await consent()
    print("passed", LIBRARY, ERA, WRITES, "stdio" if IS_STDIO else "http")


asyncio.run(main())

"""Speaks with the service as OpenAI's own client does, and prints what it was told as JSON: ask_as_openai.py BASE_URL KEY"""

import json
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0, timeout=60)
best = {"role": "user", "content": "Which run had the highest F1 score?"}


def whole(model, messages, **more):
    completion = client.chat.completions.create(model=model, messages=messages, temperature=0.3, **more)
    choice = completion.choices[0]
    return {"text": choice.message.content, "finish": choice.finish_reason, "usage": completion.usage.total_tokens, "object": completion.object}


def streamed(model, messages):
    chunks = list(client.chat.completions.create(model=model, messages=messages, stream=True, stream_options={"include_usage": True}))
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    return {
        "role": deltas[0].role,
        "text": "".join(delta.content or "" for delta in deltas),
        "finish": [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason],
        "usage": chunks[-1].usage.total_tokens,
        "ids": len({chunk.id for chunk in chunks}),
    }


def refused(call):
    try:
        call()
    except openai.APIStatusError as error:
        return {"kind": type(error).__name__, "status": error.status_code, "code": error.code, "message": error.message}
    return None


first = whole("trialogue", [best])
stranger = openai.OpenAI(base_url=sys.argv[1], api_key="trl_00000000_0", max_retries=0)
told = {
    "models": [model.id for model in client.models.list()],
    "whole": first,
    "streamed": streamed("trialogue", [best]),
    "text": whole("trialogue-text", [best]),
    "followed_up": whole(
        "trialogue-text",
        [{"role": "system", "content": "be brief"}, best, {"role": "assistant", "content": first["text"]}, {"role": "user", "content": "and its accuracy?"}],
    ),
    "parts": whole("trialogue-text", [{"role": "user", "content": [{"type": "text", "text": best["content"]}]}]),
    "write": whole("trialogue-text", [{"role": "user", "content": "create an experiment called pilot-two"}]),
    "no_model": refused(lambda: whole("gpt-5", [best])),
    "no_question": refused(lambda: whole("trialogue", [{"role": "system", "content": "be brief"}])),
    "no_key": refused(lambda: stranger.chat.completions.create(model="trialogue", messages=[best])),
}
print(json.dumps(told))

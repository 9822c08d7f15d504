"""A second opinion on samples: Inspect's own reader on all of them, against the cases as our lines have them.

    python tests/judges/check_inspect.py SAMPLES LINES

SAMPLES is the `samples.jsonl` of `trialogue eval export --format inspect`, LINES the folder of `--format jsonl`.
"""

import json
import pathlib
import sys

from inspect_ai.dataset import json_dataset

cases = {}
for path in sorted(pathlib.Path(sys.argv[2]).glob("*.jsonl")):
    cases.update((case["id"], case) for case in map(json.loads, path.read_text().splitlines()))
samples = list(json_dataset(sys.argv[1]))
faults = []
if [sample.id for sample in samples] != list(dict.fromkeys(sample.id for sample in samples)):
    faults.append("two samples have one id")
if {sample.id for sample in samples} != set(cases):
    faults.append(f"other ids: {sorted({sample.id for sample in samples} ^ set(cases))[:10]}")
for sample in samples:
    turns = cases.get(sample.id, {"turns": []})["turns"]
    said = [sample.input] if isinstance(sample.input, str) else [message.text for message in sample.input]
    if said != [turn["user"] for turn in turns]:
        faults.append(f"{sample.id}: the input is {said}")
    if json.loads(sample.target) != [turn["expect"].get("calls", []) for turn in turns]:
        faults.append(f"{sample.id}: the target is {sample.target}")
    if [expect.get("outcome", "act") for expect in sample.metadata["expects"]] != [turn["expect"].get("outcome", "act") for turn in turns]:
        faults.append(f"{sample.id}: the outcomes differ")
print(f"{len(samples)} samples read by Inspect")
if len(samples) < 300:
    faults.append("too few samples to mean anything")
if faults:
    sys.exit("\n".join(faults[:20]))

"""A second opinion on calls: BFCL's own checker on the cases that its format can say, against our verdict on literal arguments.

    python tests/judges/check_bfcl.py LISTED FOLDER...

A FOLDER is what `trialogue eval export --format bfcl --results RUN` wrote. LISTED is a JSON file of the disagreements that are known: cases by the
reason. It must name all of them and no others. What we accept, BFCL must accept: that is never listed away.
"""

import json
import pathlib
import sys
import types

# The checker asks this module only whether a model's function names have dots; it imports every vendor's client. Ours have no dots.
stub = types.ModuleType("bfcl_eval.constants.model_config")
stub.MODEL_CONFIG_MAPPING = {}
sys.modules["bfcl_eval.constants.model_config"] = stub

from bfcl_eval.constants.enums import Language  # noqa: E402
from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker  # noqa: E402


def lines(path):
    return {entry["id"]: entry for entry in map(json.loads, path.read_text().splitlines())}


def accepts(question, truth, calls):
    category = "parallel_multiple" if len(truth) > 1 else "multiple"
    if len(calls) != len(truth):
        return False, "the number of calls"
    verdict = ast_checker(question["function"], calls, truth, Language.PYTHON, category, "none")
    return verdict["valid"], str(verdict.get("error", ""))


listed_in = pathlib.Path(sys.argv[1])
listed = {name for names in json.loads(listed_in.read_text()).values() for name in names}
faults, seen, checked = [], set(), 0
for folder in map(pathlib.Path, sys.argv[2:]):
    questions, answers = lines(folder / "questions.json"), lines(folder / "possible_answers.json")
    for name, made in lines(folder / "calls.json").items():
        checked += 1
        valid, reason = accepts(questions[name], answers[name]["ground_truth"], made["calls"])
        if valid == made["literal"]:
            continue
        if made["literal"]:
            faults.append(f"{name}: we accept {made['calls']}, BFCL does not: {reason}")
            continue
        seen.add(name)
        if name not in listed:
            faults.append(f"{name}: BFCL accepts {made['calls']}, we do not take them for literally {answers[name]['ground_truth']}")
faults += [f"{name}: no longer a disagreement; take it from {listed_in}" for name in sorted(listed - seen)]
print(f"{checked} verdicts compared, {len(seen)} known disagreements")
if checked < 200:
    faults.append("too few verdicts to mean anything")
if faults:
    sys.exit("\n".join(faults))

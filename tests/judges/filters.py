"""Judges filters and orders: what MLflow itself answers to generated searches.

    python filters.py FOLDER SEED > cases.jsonl

Makes FOLDER/store.db with MLflow's own client, then prints one JSON line a case: the store's runs as MLflow reads them
("run"), searches of runs ("runs") and of experiments ("experiments"), each with the pages of ids in MLflow's order or with
MLflow's refusal. The same seed gives the same store and the same cases.
"""

import json
import math
import os
import random
import sqlite3
import sys
import uuid
from pathlib import Path

for quiet in ("MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
    os.environ.setdefault(quiet, "true")

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

RUN_CASES = 660
EXPERIMENT_CASES = 90
START = 1_736_938_800_000

FOLDER = Path(sys.argv[1]).resolve()
R = random.Random(int(sys.argv[2]))
# Run ids break ties, so they have to be the same every time; drawn apart, since MLflow takes such ids for other ends too.
IDS = random.Random(R.random())
uuid.uuid4 = lambda: uuid.UUID(int=IDS.getrandbits(128))

METRICS = ["f1", "F1", "val loss", "a.b/c-d", "été", "1x", "select", "ns:loss"]
PARAMS = ["opt", "Opt", "opt name", "lr", "a.b", "order"]
TAGS = ["team", "mlflow.note.content", "a/b", "Team"]
EXPERIMENT_TAGS = ["team", "mlflow.note.content", "pri ority"]
VALUES = [0.0, 0.5, 0.9, 1.0, -1.0, 1e-5, 0.1 + 0.2, 1e300, -0.0, 7.0]
ODD_VALUES = [math.nan, math.inf, -math.inf, 1.7976931348623157e308]
TEXTS = ["adam", "Adam", "ADAM", "sgd", "0.01", "1e-2", "50", "400", "", " ", "it's", 'say "hi"', "100%", "a_b", "ab", "été", "ÉTÉ",
         "日本", "x y", "back\\slash", "a;b -- c", "two\nlines", "`tick`", "NULL", "İ", "ß"]
PATTERNS = ["%", "_%", "a%", "%A%", "%dam", "ad_m", "A_", "%0%", "____", "%_%", "", "%\n%", "é%", "É%", "%'%", '%"%', "1e__", "%\\%", "%%", "ab%"]
NAMES = ["run-1", "run-2", "Run-1", "run_1", "été", "", "a 'quoted' name", "run-10"]
STATUSES = ["FINISHED", "FAILED", "RUNNING", "KILLED", "SCHEDULED"]
DATASETS = [("train.csv", "d1"), ("test.csv", "d2"), ("Train.csv", "d1"), ("x'y", "d3")]
CONTEXTS = ["training", "eval", None]


def value():
    return R.choice(ODD_VALUES) if R.random() < 0.2 else R.choice(VALUES)


def some(items, chance):
    return [item for item in items if R.random() < chance]


def make_store(client):
    experiments = []
    for name in ["churn", "Churn-2", "churn été", "fraud", "100% real", "it's", "old", "zz"]:
        tags = {key: R.choice(TEXTS) for key in some(EXPERIMENT_TAGS, 0.5)}
        experiments.append(client.create_experiment(name, tags=tags))
    for experiment in experiments[:4]:
        for _ in range(24):
            make_run(client, experiment)
    client.delete_experiment(experiments[6])
    client.delete_experiment(experiments[3])
    return ["0", *experiments]


def make_run(client, experiment):
    # Few different starts, so that many are equal.
    start = START + 60_000 * R.randrange(8)
    run = client.create_run(experiment, start_time=start, run_name=R.choice(NAMES) or None)
    run_id = run.info.run_id
    metrics = [Metric(key, value(), start + step, step) for key in some(METRICS, 0.6) for step in range(R.randrange(1, 4))]
    params = [Param(key, R.choice(TEXTS)) for key in some(PARAMS, 0.6)]
    tags = [RunTag(key, R.choice(TEXTS)) for key in some(TAGS, 0.6)]
    client.log_batch(run_id, metrics, params, tags)
    inputs = []
    for name, digest in some(DATASETS, 0.25):
        context = R.choice(CONTEXTS)
        input_tags = [InputTag("mlflow.data.context", context)] if context else []
        inputs.append(DatasetInput(Dataset(name=name, digest=digest, source_type="local", source="s"), input_tags))
    if inputs:
        client.log_inputs(run_id, inputs)
    client.set_terminated(run_id, R.choice(STATUSES), start + R.randrange(5) * 1000)
    if R.random() < 0.15:
        client.delete_run(run_id)


def age(path):
    """Gives some runs what only older or other clients leave behind."""
    database = sqlite3.connect(path)
    ids = [row[0] for row in database.execute("SELECT run_uuid FROM runs ORDER BY run_uuid")]
    for run_id in ids:
        draw = R.random()
        if draw < 0.08:
            database.execute("UPDATE runs SET name = NULL WHERE run_uuid = ?", [run_id])
            database.execute("DELETE FROM tags WHERE run_uuid = ? AND key = 'mlflow.runName'", [run_id])
        elif draw < 0.16:
            database.execute("UPDATE runs SET name = '' WHERE run_uuid = ?", [run_id])
        elif draw < 0.24:
            # Not NULL: MLflow's client then refuses the whole page ("start_time cannot be None").
            database.execute("UPDATE runs SET start_time = -5 WHERE run_uuid = ?", [run_id])
        elif draw < 0.32:
            database.execute("UPDATE runs SET start_time = 0, end_time = NULL WHERE run_uuid = ?", [run_id])
        elif draw < 0.42:
            database.execute("UPDATE runs SET user_id = ? WHERE run_uuid = ?", [R.choice(["ana", "Ana", ""]), run_id])
        elif draw < 0.5:
            database.execute("UPDATE tags SET value = NULL WHERE run_uuid = ? AND key = 'team'", [run_id])
    database.execute("UPDATE experiments SET creation_time = ?, last_update_time = ? WHERE experiment_id IN (1, 2, 3)", [START, START + 5])
    database.execute("UPDATE experiments SET last_update_time = ? WHERE experiment_id IN (4, 5, 6)", [START + 5])
    database.execute("UPDATE experiments SET creation_time = NULL, last_update_time = NULL WHERE experiment_id = 8")
    database.commit()
    database.close()
    return ids


def key_text(key):
    quotes = ["`", '"']
    if all(letter.isalnum() or letter in "_." for letter in key) and not key[0].isdigit():
        quotes += ["", ""]
    quote = R.choice(quotes)
    return f"{quote}{key}{quote}"


def quoted(text):
    if "'" in text:
        return f'"{text}"'
    if '"' in text:
        return f"'{text}'"
    quote = R.choice("'\"")
    return f"{quote}{text}{quote}"


def keyword(word):
    return R.choice([word, word, word.lower(), word.capitalize()])


def blank():
    return R.choice([" ", " ", " ", "  ", "\n"])


def spaced(*parts):
    return blank().join(parts)


def number_text():
    return R.choice(["0", "0.5", ".5", "0.9", "1", "1.", "-1", "-.5", "1e-5", "1E5", "0.30000000000000004", "0.3", "1e300", "1e999", "-1e999",
                     "1.7976931348623157e308", "2.5e-1", "007", "-0.0", "9" * 30])


def time_text():
    return R.choice([str(START + 60_000 * R.randrange(8) + R.choice([0, 0, 1000, -1])), "0", "1", f"{START}.5", "-1"])


def text_test(texts, is_upper_only=False):
    draw = R.random()
    if draw < 0.35:
        return spaced("=", quoted(R.choice(texts)))
    if draw < 0.55:
        return spaced("!=", quoted(R.choice(texts)))
    word = R.choice(["LIKE", "ILIKE"])
    return spaced(word if is_upper_only else keyword(word), quoted(R.choice(PATTERNS + texts)))


def null_test():
    return R.choice([keyword("IS") + " " + keyword("NULL"), keyword("IS") + " " + R.choice(["NOT NULL", "not null"])])


def list_test(texts):
    items = ", ".join(quoted(text) for text in (R.choice(texts) for _ in range(R.randrange(1, 4))))
    return spaced(R.choice(["IN", "in", "NOT IN", "not in"]), f"({items})")


def comparison():
    return R.choice(["=", "!=", ">", ">=", "<", "<="])


def run_clause(run_ids):
    kind = R.randrange(12)
    if kind < 3:
        sign = comparison()
        between = R.choice(["", " "])
        return f"{R.choice(['metrics', 'metric'])}.{key_text(R.choice(METRICS + ['none']))}{between}{sign}{between}{number_text()}"
    if kind < 5:
        prefix = R.choice(["params", "param", "parameter", "parameters"])
        test = null_test() if R.random() < 0.2 else text_test(TEXTS)
        return spaced(f"{prefix}.{key_text(R.choice(PARAMS + ['none']))}", test)
    if kind < 7:
        test = null_test() if R.random() < 0.2 else text_test(TEXTS)
        return spaced(f"{R.choice(['tags', 'tag'])}.{key_text(R.choice(TAGS + ['mlflow.user', 'mlflow.runName']))}", test)
    prefix = R.choice(["", "", "attributes.", "attribute.", "attr.", "run."])
    if kind == 7:
        name = R.choice(["run_name", "`run name`", '"Run name"', "`Run Name`"])
        return spaced(prefix + name, text_test(NAMES))
    if kind == 8:
        name = R.choice(["status", "user_id", "artifact_uri"])
        return spaced(prefix + name, text_test(STATUSES + ["ana", "Ana", "%artifacts", "finished"]))
    if kind == 9:
        return spaced(prefix + R.choice(["start_time", "end_time", "created", "Created"]), comparison(), time_text())
    if kind == 10:
        ids = R.sample(run_ids, 4) + ["none"]
        return spaced(prefix + "run_id", list_test(ids) if R.random() < 0.6 else text_test(ids + [ids[0][:3] + "%"]))
    field = R.choice(["name", "digest", "context"])
    texts = {"name": [name for name, _ in DATASETS], "digest": ["d1", "d2", "d9"], "context": ["training", "eval", "Training"]}[field]
    plain = [text for text in texts if "'" not in text]
    return spaced(f"{R.choice(['dataset', 'datasets'])}.{field}", list_test(plain) if R.random() < 0.4 else text_test(texts))


REFUSED_RUNS = [
    "metrics.f1 == 0.5", "metrics.f1 <> 0.5", "metrics.f1 > '0.5'", "metrics.f1 > NaN", "metrics.f1 > +1", "metrics.f1 > 1e+5",
    "metrics.f1 > .5e3", "metrics.f1 > 0x1F", "metrics.f1 > 1_000", "metrics.f1 LIKE '1'", "metrics.f1 IS NULL", "metrics.f1 IN (1, 2)",
    "metrics.f1 BETWEEN 0 AND 1", "metrics.f1", "metrics.f1 >", "metrics.5 > 1", "metrics.a-b > 1", "metrics.a/b > 1", "metrics.`f1 > 1",
    "params.opt = adam", "params.opt = `adam`", "params.opt > 'a'", "params.opt NOT LIKE 'a'", "params.opt IN ('adam')",
    "params.opt == 'adam'", "params.opt = 'adam' OR params.opt = 'sgd'", "(params.opt = 'adam')", "NOT params.opt = 'adam'",
    "params.opt = 'adam';", "params.opt = 'adam' -- x", "params.opt = 'adam", "tags.in = 'x'", "tags.team = 1", "tags.team IN ('a')",
    "tags.team >= 'a'", "status IN ('FINISHED')", "run_name IN ('run-1')", "run_name IS NULL", "run_id IN ()", "run_id IN (1)",
    "run_id IN 'a'", "run_id > 'a'", "start_time = '5'", "start_time LIKE '5'", "start_time IS NULL", "experiment_id = '1'",
    "lifecycle_stage = 'active'", "f1 > 0.5", "METRICS.f1 > 1", "Params.opt = 'a'", "model.f1 > 1", "dataset.source = 'x'",
    "dataset.name > 'x'", "dataset.name IS NULL", "0.5 < metrics.f1", "'run name' = 'run-1'", "duration > 5", "user = 'ana'",
    "params.opt = 'a' params.opt", "= 'a'", "metrics.f1 > metrics.F1", "status = FINISHED",
]
REFUSED_RUN_ORDERS = ["f1", "f1 DESC", "metrics.f1 DESC, metrics.F1", "metrics.f1 NULLS LAST", "metrics.f1 up", "dataset.name", "`run name`",
                      "lifecycle_stage", "experiment_id", "", "metrics.a-b", "metrics.5", "METRICS.f1", "tags.in"]
# What ours answers beyond MLflow, and MLflow refuses.
EXTENSION_RUNS = ["params.lr > 0.001", "params.lr = 50", "params.opt != 1e-2", "params.`opt name` <= 400", "  ", " \n "]


def run_order():
    kind = R.randrange(5)
    if kind < 2:
        key = f"metrics.{key_text(R.choice(METRICS + ['none']))}"
    elif kind == 2:
        key = f"params.{key_text(R.choice(PARAMS))}"
    elif kind == 3:
        key = f"{R.choice(['tags', 'tag'])}.{key_text(R.choice(TAGS + ['mlflow.user']))}"
    else:
        prefix = R.choice(["", "attributes.", "attribute."])
        key = prefix + R.choice(["run_id", "run_name", "status", "user_id", "artifact_uri", "start_time", "end_time", "created"])
    return key + R.choice(["", " ASC", " DESC", " desc", " asc", "  DESC"])


def joined(clauses):
    text = clauses[0] if clauses else ""
    for clause in clauses[1:]:
        text = spaced(text, keyword("AND"), clause)
    if clauses and R.random() < 0.05:
        text = R.choice([f"AND {text}", f"{text} AND", f"{text} "])
    return text


def pages(search):
    """The ids of every page, or the refusal."""
    answer, token = [], None
    try:
        while True:
            page = search(token)
            answer.append([item_id(item) for item in page])
            token = page.token
            if not token:
                return {"pages": answer}
    except (MlflowException, ValueError, OverflowError) as refusal:
        return {"refused": str(refusal)[:200]}


def item_id(item):
    return item.info.run_id if hasattr(item, "info") else item.experiment_id


VIEWS = {"active": ViewType.ACTIVE_ONLY, "deleted": ViewType.DELETED_ONLY, "all": ViewType.ALL}


def run_cases(client, experiments, run_ids):
    for number in range(RUN_CASES):
        clauses = [run_clause(run_ids) for _ in range(R.choice([0, 1, 1, 1, 2, 2, 3, 4]))]
        orders = [run_order() for _ in range(R.choice([0, 0, 1, 1, 2, 3]))]
        kind = "same"
        if number < len(EXTENSION_RUNS):
            clauses, orders, kind = [EXTENSION_RUNS[number]], [], "extension"
        elif number < len(EXTENSION_RUNS) + len(REFUSED_RUNS):
            clauses = clauses[:1] + [REFUSED_RUNS[number - len(EXTENSION_RUNS)]]
        elif R.random() < 0.06:
            orders.append(R.choice(REFUSED_RUN_ORDERS))
        case = {
            "ask": "runs", "kind": kind, "filter": joined(clauses), "order_by": orders,
            "experiments": R.sample(experiments, R.randrange(1, len(experiments) + 1)) if R.random() < 0.3 else experiments,
            "view": R.choice(["active", "active", "active", "deleted", "all"]),
            "max_results": R.choice([1000, 1000, 1000, 1000, 40, 13]),
        }
        case.update(pages(lambda token: client.search_runs(
            case["experiments"], case["filter"], VIEWS[case["view"]], case["max_results"], case["order_by"], token)))
        yield case


def experiment_clause():
    kind = R.randrange(6)
    if kind < 2:
        name = R.choice(["name", "attribute.name", "`name`"])
        return spaced(name, text_test(["churn", "Churn-2", "CHURN", "it's", "old", "%r%", "100%"], is_upper_only=True))
    if kind < 4:
        key = f"{R.choice(['tags', 'tag'])}.{key_text(R.choice(EXPERIMENT_TAGS))}"
        return spaced(key, null_test() if R.random() < 0.3 else text_test(TEXTS, is_upper_only=True))
    if kind == 4:
        sign, times = comparison(), [START, START + 5, START - 1, 0]
        return spaced(R.choice(["creation_time", "last_update_time", "attribute.creation_time"]), sign, str(R.choice(times)))
    ids = ", ".join(f"'{R.randrange(10)}'" for _ in range(R.randrange(1, 4)))
    return R.choice([f"experiment_id = '{R.randrange(10)}'", f"experiment_id != '{R.randrange(10)}'", f"experiment_id IN ({ids})", f"experiment_id NOT IN ({ids})"])


REFUSED_EXPERIMENTS = [
    "attr.name = 'x'", "name IN ('churn')", "name IS NULL", "name > 'a'", "experiment_id = 1", "experiment_id = 'x'",
    "experiment_id > '1'", "experiment_id LIKE '1'", "creation_time > 5.5", "creation_time > '5'", "lifecycle_stage = 'active'", "tags.team IN ('x')",
    "tags.team > 'x'", "created > 5", "metrics.f1 > 1", "name == 'x'", "name = churn", "name = 'a' OR name = 'b'",
]
EXTENSION_EXPERIMENTS = ["name ilike '%CHURN%'", "tags.team like '%'", "experiment_id in ('1')", " "]


def experiment_cases(client):
    for number in range(EXPERIMENT_CASES):
        clauses = [experiment_clause() for _ in range(R.choice([0, 1, 1, 2, 3]))]
        names = R.sample(["name", "experiment_id", "creation_time", "last_update_time", "attribute.name", "attributes.name"], R.choice([0, 0, 1, 2]))
        orders = [name + R.choice(["", " DESC", " asc"]) for name in names]
        kind = "same"
        if number < len(EXTENSION_EXPERIMENTS):
            clauses, kind = [EXTENSION_EXPERIMENTS[number]], "extension"
        elif number < len(EXTENSION_EXPERIMENTS) + len(REFUSED_EXPERIMENTS):
            clauses = [REFUSED_EXPERIMENTS[number - len(EXTENSION_EXPERIMENTS)]]
        elif R.random() < 0.06:
            orders.append(R.choice(["tags.team", "lifecycle_stage", "name NULLS LAST", "attr.name"]))
        case = {
            "ask": "experiments", "kind": kind, "filter": joined(clauses), "order_by": orders,
            "view": R.choice(["active", "active", "deleted", "all"]), "max_results": R.choice([1000, 1000, 2, 3]),
        }
        case.update(pages(lambda token: client.search_experiments(
            VIEWS[case["view"]], case["max_results"], case["filter"], case["order_by"] or None, token)))
        yield case


def number_json(number):
    if math.isnan(number):
        return "NaN"
    # MLflow's SQL stores keep an infinity as the largest number.
    if abs(number) >= sys.float_info.max:
        return "Infinity" if number > 0 else "-Infinity"
    return number


def run_case(client, run_id):
    run = client.get_run(run_id)
    histories = {}
    for key in run.data.metrics:
        points = [(point.step, point.timestamp, point.value) for point in client.get_metric_history(run_id, key)]
        points.sort(key=lambda point: point[:2])
        histories[key] = [[step, timestamp, number_json(number)] for step, timestamp, number in points]
    return {
        "ask": "run", "id": run_id, "name": run.info.run_name, "status": run.info.status, "lifecycle": run.info.lifecycle_stage,
        "experiment": run.info.experiment_id, "start": run.info.start_time, "end": run.info.end_time, "artifact_uri": run.info.artifact_uri,
        "params": run.data.params, "tags": run.data.tags, "histories": histories,
        "metrics": {key: number_json(number) for key, number in run.data.metrics.items()},
    }


def main():
    path = FOLDER / "store.db"
    uri = f"sqlite:///{path}"
    mlflow.set_tracking_uri(uri)
    client = MlflowClient(uri)
    experiments = make_store(client)
    run_ids = age(path)
    for run_id in run_ids:
        print(json.dumps(run_case(client, run_id)))
    for case in run_cases(client, experiments, run_ids):
        print(json.dumps(case))
    for case in experiment_cases(client):
        print(json.dumps(case))


main()

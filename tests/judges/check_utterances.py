#!/usr/bin/env python3
"""Check that the expectations of utterance suites hold in the store they speak of.

    python check_utterances.py odd.db odd.jsonl

Reads the store with MLflow's own client and recomputes what can be computed: that
names exist, which run is best, how many runs a filter keeps, what comes first in a
sorted list, which runs "the last 3" are. Filters that are pure MLflow grammar are
also put to MLflow's own search. Prints each fault; exits 1 if there is any.
"""

import argparse
import collections
import datetime
import json
import logging
import math
import os
import pathlib
import re
import sys

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from mlflow.entities import ViewType
from mlflow.tracking import MlflowClient

TOOLS = {
    "list_experiments", "create_experiment", "describe_experiment", "list_runs", "get_run",
    "best_run", "compare_runs", "metric_history", "parameter_impact",
}
CALL_FIELDS = {
    "tool", "experiment", "metrics", "parameters", "runs", "direction", "sort_by", "order", "limit", "filter",
    "y_scale", "x_axis", "returned", "total", "name", "tags", "description", "basis",
}
EXPECT_FIELDS = {"calls", "outcome", "mentions", "chart"}
KINDS = {
    "list_experiments", "describe", "count", "best", "top", "list", "details", "compare", "history", "impact",
    "create", "followup", "typo", "multi", "refuse", "missing",
}
CHARTS = {"line", "grouped_bars", "ranked_bars", "signed_bars", None}
STATUSES = {"RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"}
LOWER = re.compile(
    r"loss|err|rmse|mae|mape|perplexity|latency|distance|brier|\bwer\b|\bcer\b|\brtf\b|false.positive|fpr$", re.IGNORECASE
)


class Fault(Exception):
    """An expectation that does not hold."""


# ---------------------------------------------------------------- the store


class Run:
    def __init__(self, run):
        self.id = run.info.run_id
        self.name = run.info.run_name
        self.status = run.info.status
        self.start = run.info.start_time
        self.end = run.info.end_time
        self.user = run.info.user_id
        self.metrics = dict(run.data.metrics)
        self.params = dict(run.data.params)
        self.tags = dict(run.data.tags)

    def number(self, metric):
        """The value of a metric that can be ranked, else None."""
        value = self.metrics.get(metric)
        return value if value is not None and math.isfinite(value) else None


class Experiment:
    def __init__(self, experiment, runs, deleted):
        self.id = experiment.experiment_id
        self.name = experiment.name
        self.active = experiment.lifecycle_stage == "active"
        self.tags = dict(experiment.tags)
        self.runs = sorted(runs, key=lambda run: (-run.start, run.id))
        self.deleted_runs = deleted
        self.metrics = {key for run in runs for key in run.metrics}
        self.params = {key for run in runs for key in run.params}

    def named(self, name):
        found = [run for run in self.runs if run.name == name]
        if len(found) != 1:
            raise Fault(f"{len(found)} runs named {name!r} in {self.name!r}")
        return found[0]

    def ranked(self, metric, direction, runs=None):
        sign = -1 if direction == "max" else 1
        valued = [run for run in (self.runs if runs is None else runs) if run.number(metric) is not None]
        return sorted(valued, key=lambda run: (sign * run.number(metric), -run.start, run.id))


class Store:
    def __init__(self, path):
        self.client = MlflowClient(f"sqlite:///{pathlib.Path(path).resolve()}")
        self.experiments = {}
        for experiment in self.client.search_experiments(view_type=ViewType.ALL):
            found = {}
            for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY):
                page = self.client.search_runs([experiment.experiment_id], run_view_type=view, max_results=5000)
                found[view] = [Run(run) for run in page]
            self.experiments[experiment.name] = Experiment(
                experiment, found[ViewType.ACTIVE_ONLY], found[ViewType.DELETED_ONLY]
            )
        self._history = {}

    def active(self):
        return [experiment for experiment in self.experiments.values() if experiment.active]

    def fitting(self, metrics=(), params=(), run=None):
        """The experiment taken when none is named: among those that fit, the most recently active."""
        fit = [
            experiment
            for experiment in self.active()
            if experiment.runs
            and set(metrics) <= experiment.metrics
            and set(params) <= experiment.params
            and (run is None or any(each.name == run for each in experiment.runs))
        ]
        return max(fit, key=lambda experiment: experiment.runs[0].start)

    def history(self, run, metric):
        key = (run.id, metric)
        if key not in self._history:
            self._history[key] = self.client.get_metric_history(run.id, metric)
        return self._history[key]


# ---------------------------------------------------------------- filters

CLAUSE = re.compile(
    r"""\s*(?P<entity>metrics?|params?|tags?|attributes?)\s*\.\s*
        (?P<key>`[^`]+`|"[^"]+"|[^\s=!<>]+)\s*
        (?:(?P<null>IS\s+(?:NOT\s+)?NULL)|(?P<op>>=|<=|!=|=|>|<|NOT\s+ILIKE|ILIKE|NOT\s+LIKE|LIKE)\s*
        (?P<value>'[^']*'|"[^"]*"|-?[0-9.]+(?:[eE][-+]?\d+)?))\s*(?:\bAND\b|$)""",
    re.VERBOSE | re.IGNORECASE,
)


def parse_filter(text):
    """The clauses of a filter: (entity, key, operator, value); the value is a float or a str."""
    clauses, at = [], 0
    while at < len(text):
        match = CLAUSE.match(text, at)
        if not match:
            raise Fault(f"filter does not parse at {text[at:]!r}")
        entity = match["entity"].lower().rstrip("s")
        key = match["key"].strip('`"')
        if match["null"]:
            clauses.append((entity, key, " ".join(match["null"].upper().split()), None))
        else:
            raw = match["value"]
            value = raw[1:-1] if raw[0] in "'\"" else float(raw)
            clauses.append((entity, key, match["op"].upper(), value))
        at = match.end()
    return clauses


def compare(op, left, right):
    return {
        "=": left == right, "!=": left != right, ">": left > right,
        ">=": left >= right, "<": left < right, "<=": left <= right,
    }[op]


def like(text, pattern, flags=0):
    parts = "".join(".*" if ch == "%" else "." if ch == "_" else re.escape(ch) for ch in pattern)
    return re.fullmatch(parts, text, flags | re.DOTALL) is not None


def holds(run, clause):
    entity, key, op, value = clause
    if entity == "attribute":
        actual = {
            "status": run.status, "start_time": run.start, "end_time": run.end,
            "run_name": run.name, "user_id": run.user, "run_id": run.id,
        }[key]
    else:
        actual = {"metric": run.metrics, "param": run.params, "tag": run.tags}[entity].get(key)
    if op == "IS NULL":
        return actual is None
    if op == "IS NOT NULL":
        return actual is not None
    if actual is None:
        return False
    if isinstance(value, float):
        try:
            number = float(actual)
        except ValueError:
            return False
        return not math.isnan(number) and compare(op, number, value)
    if op in ("LIKE", "ILIKE"):
        return like(actual, value, re.IGNORECASE if op == "ILIKE" else 0)
    return compare(op, actual, value)


def kept(experiment, text):
    clauses = parse_filter(text) if text else []
    return [run for run in experiment.runs if all(holds(run, clause) for clause in clauses)]


def pure(text):
    """Whether MLflow's own search can answer the filter and agrees with ours about NaN."""
    clauses = parse_filter(text)
    return not any(entity == "param" and isinstance(value, float) for entity, _, _, value in clauses)


# ---------------------------------------------------------------- references


def referred(experiment, basis, runs=None):
    """The runs that a reference such as `last 3` or `best 2 by loss` means."""
    found = []
    for part in basis.split(" and "):
        match = re.fullmatch(r"(last|first|best|worst|highest|lowest) (\d+)(?: by (.+))?", part)
        if not match:
            raise Fault(f"unknown basis {part!r}")
        word, count, metric = match[1], int(match[2]), match[3]
        if word == "last":
            found += experiment.runs[:count]
        elif word == "first":
            found += experiment.runs[::-1][:count]
        else:
            better = "min" if LOWER.search(metric) else "max"
            worse = "max" if better == "min" else "min"
            direction = {"best": better, "worst": worse, "highest": "max", "lowest": "min"}[word]
            found += experiment.ranked(metric, direction, runs)[:count]
    return [run.name for run in found]


# ---------------------------------------------------------------- expectations


def options(value):
    return value["any_of"] if isinstance(value, dict) and "any_of" in value else [value]


class Checker:
    def __init__(self, store):
        self.store = store
        self.faults = []
        self.checked = collections.Counter()

    def fault(self, where, message):
        self.faults.append(f"{where}: {message}")

    def call(self, call, mentions):
        unknown = set(call) - CALL_FIELDS
        if unknown:
            raise Fault(f"unknown fields {sorted(unknown)}")
        tools = options(call["tool"])
        for tool in tools:
            if tool not in TOOLS:
                raise Fault(f"unknown tool {tool!r}")
        for field, allowed in (
            ("direction", {"max", "min"}), ("order", {"asc", "desc"}), ("y_scale", {"log", "linear"}),
            ("x_axis", {"step", "relative_time", "wall_time"}),
        ):
            for value in options(call.get(field, next(iter(allowed)))):
                if value not in allowed:
                    raise Fault(f"{field} is {value!r}")
        if "create_experiment" in tools:
            if call.get("name") in self.store.experiments:
                raise Fault(f"experiment {call['name']!r} is there already")
            return
        for name in options(call["experiment"]) if "experiment" in call else [None]:
            self.placed(call, tools, name, mentions)

    def placed(self, call, tools, name, mentions):
        """What can be said of a call whose experiment is `name`, or unnamed."""
        if name is not None and (name not in self.store.experiments or not self.store.experiments[name].active):
            raise Fault(f"no active experiment {name!r}")
        places = [self.store.experiments[name]] if name is not None else self.store.active()
        for field, kind in (("metrics", "metrics"), ("parameters", "params")):
            for keys in options(call.get(field, [])):
                if not any(set(keys) <= getattr(place, kind) for place in places):
                    raise Fault(f"{field} {keys} not all logged in {name or 'any experiment'}")
                self.checked[field] += 1
        for text in options(call["filter"]) if call.get("filter") else []:
            for entity, key, op, value in parse_filter(text):
                if entity == "attribute" and key == "status" and value not in STATUSES:
                    raise Fault(f"status {value!r}")
                if entity != "attribute":
                    keys = {each for place in places for run in place.runs for each in {"metric": run.metrics, "param": run.params, "tag": run.tags}[entity]}
                    if key not in keys:
                        raise Fault(f"filter names {entity} {key!r}, which is not there")
        if name is None:
            return
        place = places[0]
        totals = set()
        for text in options(call.get("filter", "")):
            runs = kept(place, text)
            totals.add(len(runs))
            if text and pure(text) and not any(math.isnan(value) for run in place.runs for value in run.metrics.values()):
                theirs = self.store.client.search_runs([place.id], text, max_results=5000)
                if {run.info.run_id for run in theirs} != {run.id for run in runs}:
                    raise Fault(f"MLflow keeps {len(theirs)} runs for {text!r}, we {len(runs)}")
                self.checked["filter against MLflow"] += 1
        filtered = kept(place, options(call.get("filter", ""))[0])
        names = call.get("runs")
        for wanted in options(names) if names is not None else []:
            for run in wanted:
                place.named(run)
            self.checked["run names"] += 1
        if "best_run" in tools:
            self.best(call, place, filtered, mentions)
        if "list_runs" in tools:
            if "total" in call:
                if {call["total"]} != totals:
                    raise Fault(f"total is {call['total']}, the filter keeps {sorted(totals)}")
                self.checked["totals"] += 1
            if "returned" in call:
                most = min(call.get("limit", 10**9), *totals)
                if call["returned"] != most:
                    raise Fault(f"returned is {call['returned']}, should be {most}")
            if "sort_by" in call:
                self.sort_key(call, place)
        if "metric_history" in tools and names is not None and "metrics" in call:
            for wanted in options(names):
                for run in wanted:
                    for keys in options(call["metrics"]):
                        for key in keys:
                            if not self.store.history(place.named(run), key):
                                raise Fault(f"{run} has no history of {key}")
                            self.checked["histories"] += 1
        if "basis" in call:
            wanted = referred(place, call["basis"])
            if not any(sorted(wanted) == sorted(each) for each in options(names)):
                raise Fault(f"{call['basis']!r} means {wanted}, expected {names}")
            self.checked["references"] += 1

    def best(self, call, place, filtered, mentions):
        if "metrics" not in call or "direction" not in call:
            return
        (metric,) = options(call["metrics"])[0]
        ranked = place.ranked(metric, call["direction"], filtered)
        if not ranked:
            raise Fault(f"no run has a {metric} that can be ranked")
        top = ranked[0].number(metric)
        tied = {run.name for run in ranked if run.number(metric) == top}
        if "runs" not in call and not tied <= set(mentions):
            raise Fault(f"best by {metric} {call['direction']} is {sorted(tied)}, mentioned {mentions}")
        text = options(call.get("filter", ""))[0]
        if not text or pure(text):
            order = "DESC" if call["direction"] == "max" else "ASC"
            first = self.store.client.search_runs([place.id], text, order_by=[f"metrics.`{metric}` {order}"], max_results=1)[0]
            if first.info.run_name not in tied:
                raise Fault(f"MLflow's first by {metric} {order} is {first.info.run_name!r}")
            self.checked["best runs against MLflow"] += 1
        for wanted in options(call["runs"]) if "runs" in call else []:
            if not set(wanted) <= tied:
                raise Fault(f"best by {metric} {call['direction']} is {sorted(tied)}, expected {wanted}")
        self.checked["best runs"] += 1

    def sort_key(self, call, place):
        for key in options(call["sort_by"]):
            entity, _, name = key.partition(".")
            keys = {
                "metrics": place.metrics, "params": place.params,
                "attributes": {"start_time", "end_time", "run_name", "status"},
                "tags": {tag for run in place.runs for tag in run.tags},
            }.get(entity, set())
            if name not in keys:
                raise Fault(f"sort_by {key!r} is not there")

    def top(self, call, mentions):
        """Names mentioned beside a sorted, cut list stand in what it returns."""
        if call.get("tool") != "list_runs" or not {"sort_by", "order", "limit", "experiment"} <= set(call):
            return
        if any(isinstance(call[field], dict) for field in ("sort_by", "order", "experiment")):
            return
        place = self.store.experiments[call["experiment"]]
        runs = kept(place, options(call.get("filter", ""))[0])
        entity, _, key = call["sort_by"].partition(".")
        if entity == "metrics":
            ordered = place.ranked(key, "max" if call["order"] == "desc" else "min", runs)
        elif call["sort_by"] == "attributes.start_time":
            ordered = sorted(runs, key=lambda run: run.start, reverse=call["order"] == "desc")
        else:
            return
        shown = {run.name for run in ordered[: call["limit"]]}
        for mention in mentions:
            if mention in {run.name for run in place.runs} and mention not in shown:
                raise Fault(f"{mention!r} is not among {sorted(shown)}")
        self.checked["sorted lists"] += 1

    def line(self, line):
        if set(line) - {"id", "kind", "turns", "now"}:
            raise Fault(f"unknown fields {sorted(set(line) - {'id', 'kind', 'turns', 'now'})}")
        if line["kind"] not in KINDS:
            raise Fault(f"unknown kind {line['kind']!r}")
        if "now" in line:
            datetime.datetime.fromisoformat(line["now"])
        known = set()
        for turn in line["turns"]:
            expect = turn["expect"]
            if not turn["user"].strip() or set(turn) != {"user", "expect"} or set(expect) - EXPECT_FIELDS:
                raise Fault(f"malformed turn {turn}")
            if not expect.get("calls") and "outcome" not in expect:
                raise Fault("a turn expects neither calls nor an outcome")
            if expect.get("outcome", "clarify") not in ("refuse", "clarify", "confirm"):
                raise Fault(f"outcome {expect['outcome']!r}")
            for chart in options(expect.get("chart")):
                if chart not in CHARTS:
                    raise Fault(f"chart {chart!r}")
            for call in expect.get("calls", []):
                self.call(call, expect.get("mentions", []))
                self.top(call, expect.get("mentions", []))
                known |= {str(call[field]) for field in ("total", "returned", "limit") if field in call}
                for name in options(call["experiment"]) if "experiment" in call else self.store.experiments:
                    for run in self.store.experiments[name].runs:
                        known |= {f"{value:.15g}" for value in run.metrics.values()}
                        known |= {run.name, *run.params.values(), *run.params, *run.metrics, *run.tags.values(), run.user, run.status.lower()}
            names = {name for name, experiment in self.store.experiments.items()}
            for mention in expect.get("mentions", []):
                if re.fullmatch(r"-?\d+(\.\d+)?", mention) and mention not in known:
                    raise Fault(f"mention {mention!r} is no value of the store")
                if not expect.get("outcome") and mention not in known | names:
                    created = {text for call in expect["calls"] for field in ("name", "description") for text in [call.get(field)]}
                    if mention not in created:
                        raise Fault(f"mention {mention!r} is not in the store")
            self.experiments_listed(expect)
            self.checked["turns"] += 1

    def experiments_listed(self, expect):
        for call in expect.get("calls", []):
            if call["tool"] == "list_experiments" and "total" in call and call["total"] <= 8:
                listed = [mention for mention in expect.get("mentions", []) if mention in self.store.experiments]
                if listed and len(listed) > call["total"]:
                    raise Fault(f"{len(listed)} experiments mentioned of {call['total']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store", help="SQLite file of MLflow")
    parser.add_argument("suites", nargs="+", type=pathlib.Path, help="JSON lines")
    arguments = parser.parse_args()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    checker = Checker(Store(arguments.store))
    seen_ids, seen_words = set(), {}
    for suite in arguments.suites:
        kinds = collections.Counter()
        for number, text in enumerate(suite.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{suite.name}:{number}"
            try:
                line = json.loads(text)
                where = f"{where} {line['id']}"
                if line["id"] in seen_ids:
                    raise Fault("the id occurs twice")
                seen_ids.add(line["id"])
                words = tuple(turn["user"].casefold().strip(" ?.!") for turn in line["turns"])
                if words in seen_words:
                    raise Fault(f"same words as {seen_words[words]}")
                seen_words[words] = line["id"]
                kinds[line["kind"]] += 1
                checker.line(line)
            except (Fault, KeyError, ValueError, TypeError) as error:
                checker.fault(where, f"{type(error).__name__}: {error}")
        print(f"{suite.name}: {sum(kinds.values())} conversations;", ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    print("checked:", ", ".join(f"{what} {count}" for what, count in sorted(checker.checked.items())))
    for fault in checker.faults:
        print("FAULT", fault)
    sys.exit(1 if checker.faults else 0)


if __name__ == "__main__":
    main()

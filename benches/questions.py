"""What is asked, and how each program is asked it. The runs and experiments are those of make_store.py."""

import base64
from dataclasses import dataclass
from urllib.parse import urlencode

from make_store import run_id

MANY_RUNS = "1"
CHURN = "2"
COMPARED = [run_id("b", number) for number in (15, 16, 17)]
THOUSAND = run_id("c", 1_000)
MILLION = run_id("e", 1_000_000)
POINTS = 1_000


@dataclass
class Request:
    """One HTTP request; a body makes it a POST."""

    path: str
    body: dict | None = None


@dataclass
class Question:
    """The same question in the words of both programs. `answer` must stand in every answer, so that nobody is quick at being wrong."""

    name: str
    mlflow: list[Request]
    rest: list[Request]
    tool: str
    arguments: dict
    answer: str
    # The tool of mlflow-mcp that answers it, with its arguments.
    peer: tuple[str, dict] | None = None


def _last_run(filter_string=""):
    """The search for the last of all runs."""
    token = base64.b64encode(b'{"offset": 9999}').decode()
    body = {"experiment_ids": [MANY_RUNS], "filter": filter_string, "max_results": 1, "page_token": token}
    return Request("/api/2.0/mlflow/runs/search", body)


def _search(limit):
    body = {"experiment_ids": [MANY_RUNS], "order_by": ["metrics.f1_score DESC"], "max_results": limit}
    return Request("/api/2.0/mlflow/runs/search", body)


def questions_over_a_server(best_run):
    """What the tools are asked over MLflow's server; `mlflow` are the bare calls that an answer needs, the ends of the searches being known."""
    best, top, _, compared = questions(best_run)
    # How many runs there are, and how many of them have a number.
    best.mlflow += [_last_run(), _last_run("metrics.f1_score > -1e300")]
    top.mlflow += [_last_run()]
    # The impact of parameters is that over the whole experiment.
    compared.mlflow += [Request("/api/2.0/mlflow/runs/search", {"experiment_ids": [CHURN], "max_results": 500})]
    history = urlencode({"run_id": THOUSAND, "metric_key": "training_loss", "max_results": 25_000})
    best.peer = ("get_best_run", {"experiment_id": MANY_RUNS, "metric": "f1_score"})
    top.peer = ("get_runs", {"experiment_id": MANY_RUNS, "limit": 100, "order_by": ["metrics.f1_score DESC"]})
    top.arguments = top.arguments | {"response_format": "concise"}
    compared.peer = ("compare_runs", {"experiment_id": CHURN, "run_ids": COMPARED})
    curve = Question(
        name="history of 1,000 points",
        mlflow=[Request(f"/api/2.0/mlflow/runs/get?run_id={THOUSAND}"), Request(f"/api/2.0/mlflow/metrics/get-history?{history}")],
        rest=[],
        tool="metric_history",
        arguments={"experiment": "3", "run_ids": [THOUSAND], "metrics": ["training_loss"], "max_points": POINTS},
        answer="999",
        peer=("get_run_metric", {"run_id": THOUSAND, "metric_name": "training_loss"}),
    )
    return [best, top, curve, compared]


def questions(best_run):
    """`best_run` is the id that plain SQL finds."""
    interval = urlencode({"run_ids": MILLION, "metric_key": "training_loss", "max_results": POINTS})
    # `detailed` makes the runs whole: every metric, parameter and tag, as MLflow sends them.
    top = {"sort_by": "metrics.f1_score", "order": "desc", "limit": 100, "response_format": "detailed"}
    return [
        Question(
            name="best run of 10,000 by a metric",
            mlflow=[_search(1)],
            rest=[Request(f"/api/v1/ml/experiments/{MANY_RUNS}/best?metric=f1_score")],
            tool="best_run",
            arguments={"experiment": MANY_RUNS, "metric": "f1_score"},
            answer=best_run,
        ),
        Question(
            name="top 100 whole runs of 10,000 by a metric",
            mlflow=[_search(100)],
            rest=[Request(f"/api/v1/ml/experiments/{MANY_RUNS}/runs?{urlencode(top)}")],
            tool="list_runs",
            arguments={"experiment": MANY_RUNS} | top,
            answer=best_run,
        ),
        Question(
            name="history of 1,000,000 points in 1,000",
            mlflow=[Request(f"/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?{interval}")],
            rest=[Request(f"/api/v1/ml/experiments/3/runs/{MILLION}/metrics/training_loss?max_points={POINTS}")],
            tool="metric_history",
            arguments={"run_ids": [MILLION], "metrics": ["training_loss"], "max_points": POINTS},
            answer="999999",
        ),
        Question(
            name="compare 3 runs",
            mlflow=[Request(f"/api/2.0/mlflow/runs/get?run_id={run}") for run in COMPARED],
            rest=[Request(f"/api/v1/ml/experiments/{CHURN}/compare", {"run_ids": COMPARED})],
            tool="compare_runs",
            arguments={"experiment": CHURN, "run_ids": COMPARED},
            answer="0.912",
        ),
    ]


def questions_over_http(best_run):
    """Of equal work: as many whole runs, as many points."""
    asked = {question.name: question for question in questions(best_run)}
    query = urlencode({"run_id": THOUSAND, "metric_key": "training_loss", "max_results": POINTS})
    history = Question(
        name="history of 1,000 points",
        mlflow=[Request(f"/api/2.0/mlflow/metrics/get-history?{query}")],
        rest=[Request(f"/api/v1/ml/experiments/3/runs/{THOUSAND}/metrics/training_loss")],
        tool="metric_history",
        arguments={"run_ids": [THOUSAND], "metrics": ["training_loss"]},
        answer="999",
    )
    return [asked["top 100 whole runs of 10,000 by a metric"], history]

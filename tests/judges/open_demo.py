"""Opens a store with the MLflow of this Python and prints, as JSON, all that MLflow reads in it.

    python open_demo.py <store.db>

MLflow migrates an older store in place when it opens it: give it a copy of a file that is still needed.
NaN is printed as the text "NaN".
"""

import json
import math
import sys

from mlflow import MlflowClient
from mlflow.entities import ViewType


def number(value):
    return "NaN" if math.isnan(value) else value


def point(metric):
    return [metric.step, metric.timestamp, number(metric.value)]


def run_facts(client, run):
    return {
        "name": run.info.run_name,
        "experiment": run.info.experiment_id,
        "status": run.info.status,
        "lifecycle": run.info.lifecycle_stage,
        "user": run.info.user_id,
        "start": run.info.start_time,
        "end": run.info.end_time,
        "artifact_uri": run.info.artifact_uri,
        "params": run.data.params,
        "tags": run.data.tags,
        "latest": {key: number(value) for key, value in run.data.metrics.items()},
        "histories": {
            key: sorted((point(metric) for metric in client.get_metric_history(run.info.run_id, key)), key=lambda logged: logged[:2])
            for key in run.data.metrics
        },
    }


def main(store):
    client = MlflowClient(tracking_uri=f"sqlite:///{store}")
    experiments = client.search_experiments(view_type=ViewType.ALL)
    ids = [experiment.experiment_id for experiment in experiments]
    runs = client.search_runs(ids, run_view_type=ViewType.ALL, max_results=1000)

    def names(filter_string, order_by):
        return [run.info.run_name for run in client.search_runs(["1"], filter_string, order_by=order_by, max_results=3)]

    facts = {
        "experiments": {
            experiment.experiment_id: {
                "name": experiment.name,
                "lifecycle": experiment.lifecycle_stage,
                "created": experiment.creation_time,
                "updated": experiment.last_update_time,
                "artifact_location": experiment.artifact_location,
                "tags": experiment.tags,
            }
            for experiment in experiments
        },
        "runs": {run.info.run_id: run_facts(client, run) for run in runs},
        "searches": {
            "best f1_score": names("", ["metrics.f1_score DESC"]),
            "best auc_roc": names("", ["metrics.auc_roc DESC"]),
            "last started": names("", []),
            "named run-017": names("attributes.run_name = 'run-017'", []),
            "still running": names("attributes.status = 'RUNNING'", []),
        },
    }
    json.dump(facts, sys.stdout, allow_nan=False)


if __name__ == "__main__":
    main(*sys.argv[1:])

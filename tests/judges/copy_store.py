"""Copies the tracking tables of an MLflow SQLite file into a new store, ids and all, so that two servers hold the same data.

    python copy_store.py <store.db> <database URI>

The target's schema is the one that the MLflow of this Python makes. The source may be older or newer: what both know is copied,
and a column or table that only one of them has is left at its default.
"""

import logging
import sqlite3
import sys

import sqlalchemy
from mlflow import MlflowClient

# Parents before children.
TABLES = [
    "experiments", "experiment_tags", "runs", "params", "tags", "metrics", "latest_metrics", "datasets", "inputs", "input_tags",
]
ROWS_AT_ONCE = 5000


def copy(source, target, table):
    names = [row[1] for row in source.execute(f"PRAGMA table_info({table.name})") if row[1] in table.columns]
    if not names:
        return 0
    booleans = {name for name in names if isinstance(table.columns[name].type, sqlalchemy.Boolean)}
    rows = source.execute(f"""SELECT {", ".join(f'"{name}"' for name in names)} FROM {table.name}""")
    copied = 0
    while batch := rows.fetchmany(ROWS_AT_ONCE):
        records = [
            {name: bool(value) if name in booleans else value for name, value in zip(names, row)} for row in batch
        ]
        target.execute(table.insert(), records)
        copied += len(records)
    return copied


def main(path, uri):
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    # Opening a store makes its schema, and the experiment `Default`.
    MlflowClient(tracking_uri=uri).search_experiments(max_results=1)
    source = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    engine = sqlalchemy.create_engine(uri)
    schema = sqlalchemy.MetaData()
    schema.reflect(engine, only=TABLES)
    counts = {}
    with engine.begin() as target:
        for name in reversed(TABLES):
            target.execute(schema.tables[name].delete())
        for name in TABLES:
            counts[name] = copy(source, target, schema.tables[name])
        if engine.dialect.name == "postgresql":
            # The rows brought their ids along; the next one is to follow them.
            target.execute(sqlalchemy.text(
                "SELECT setval(pg_get_serial_sequence('experiments', 'experiment_id'), max(experiment_id)) FROM experiments"
            ))
    print(", ".join(f"{count} {name}" for name, count in counts.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])

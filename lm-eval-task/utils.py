"""What the YAML files beside this one use: samples, and scores that are lengthwise's own (lengthwise_score.py)."""

import importlib.util
import json
from pathlib import Path

import datasets

HERE = Path(__file__).resolve().parent

# By its path: the harness loads this file without its folder being one of those that Python looks in.
_spec = importlib.util.spec_from_file_location("lengthwise_score", HERE / "lengthwise_score.py")
lengthwise_score = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(lengthwise_score)


def samples(task, length, **_):
    """The samples of one task at one length. `sample` is the whole line of samples.jsonl, for the scoring."""
    with open(HERE / "samples.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows = [row for row in rows if row["task"] == task and row["length"] == length]
    fields = [
        {
            "id": row["id"],
            "prompt": row["prompt"],
            "system": row["system"] or "",
            "target": row["target"],
            "sample": json.dumps(row),
        }
        for row in rows
    ]
    return {"test": datasets.Dataset.from_list(fields)}


def prompt(doc):
    return doc["prompt"]


def target(doc):
    return doc["target"]


def process_results(doc, results):
    score = lengthwise_score.score(results[0], json.loads(doc["sample"]))
    return {"right": int(score["right"]), "exact": int(score["exact"])}

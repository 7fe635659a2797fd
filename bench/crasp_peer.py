"""Runs programs of coli-saar/c-rasp: one JSON object on stdin {folder, cases: [{program, inputs}]}, one on stdout."""
import json
import os
import sys
import tempfile
import time

job = json.load(sys.stdin)
sys.path.insert(0, job["folder"])
from parser import MyCraspVisitor, parse_file  # noqa: E402

results = []
for case in job["cases"]:
    MyCraspVisitor.imports = []  # a class attribute: imports of earlier programs would pile up
    with tempfile.NamedTemporaryFile("w", suffix=".cr", delete=False) as file:
        file.write(case["program"])
    program = parse_file(file.name)
    os.unlink(file.name)
    inputs = [line.split() for line in case["inputs"]]
    best = None
    for _ in range(job["rounds"]):
        start = time.perf_counter()
        answers = [bool(program.execute(tokens)) for tokens in inputs]
        seconds = time.perf_counter() - start
        best = seconds if best is None else min(best, seconds)
    results.append({"seconds": best, "answers": answers})
json.dump(results, sys.stdout)

"""lengthwise samples as an Inspect task, with lengthwise's own scoring (lengthwise_score.py).

    inspect eval task.py --model openai-api/NAME/MODEL
    inspect eval task.py -T task=UR -T length=5 -T think_tokens=2000 --model ...
"""

import importlib.util
import json
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, ContentReasoning
from inspect_ai.scorer import CORRECT, INCORRECT, Score, accuracy, grouped, scorer, stderr
from inspect_ai.solver import solver

HERE = Path(__file__).resolve().parent

_spec = importlib.util.spec_from_file_location("lengthwise_score", HERE / "lengthwise_score.py")
lengthwise_score = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(lengthwise_score)


# The parameter's name is what people write behind -T; the decorator is out of the way by then.
@task
def lengthwise(task: str | None = None, length: int | None = None, think_tokens: int = 0):
    """All samples, or those of one task or length.

    think_tokens: room for the thoughts of a model that thinks. It is sent no stop sequence, which could end a thought.
    """
    with open(HERE / "samples.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows = [row for row in rows if task in (None, row["task"]) and length in (None, row["length"])]
    return Task(
        dataset=MemoryDataset([_sample(row) for row in rows], name="lengthwise"),
        solver=ask(think_tokens),
        scorer=reads_answer(),
    )


def _sample(row):
    system = [] if row["system"] is None else [ChatMessageSystem(content=row["system"])]
    cell = f"{row['task']} at length {row['length']}"
    return Sample(
        id=row["id"],
        input=[*system, ChatMessageUser(content=row["prompt"])],
        target=row["target"],
        metadata={"cell": cell, "row": row},
    )


@solver
def ask(think_tokens):
    """Asks each sample as lengthwise does: greedily, with its own stop marks and its own limit."""

    async def solve(state, generate):
        row = state.metadata["row"]
        stop = [] if think_tokens > 0 else row["stop"]
        limit = row["max_tokens"] + think_tokens
        return await generate(state, temperature=0, max_tokens=limit, stop_seqs=stop or None)

    return solve


@scorer(metrics=[grouped(accuracy(), "cell", all=False), accuracy(), stderr()])
def reads_answer():
    async def score(state, target):
        output = state.output
        content = output.choices[0].message.content if output.choices else ""
        thinks = isinstance(content, list) and any(isinstance(part, ContentReasoning) for part in content)
        found = lengthwise_score.score(output.completion, state.metadata["row"], thoughts_set_apart=thinks)
        return Score(
            value=CORRECT if found["right"] else INCORRECT,
            answer=found["answer"],
            explanation=f"expected {target.text!r}",
            metadata={"exact": found["exact"]},
        )

    return score

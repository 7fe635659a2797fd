"""The same questions to the same server through another harness: measure_peers.py MODULE URL FOLDER."""

import json
import os
import sys

module, url, folder = sys.argv[1:]
with open(os.path.join(folder, "prompts.json")) as file:
    questions = json.load(file)


def inspect() -> float:
    from inspect_ai import Task, eval as run
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import GenerateConfig, get_model
    from inspect_ai.scorer import includes

    config = GenerateConfig(max_tokens=10, temperature=0, max_connections=20)
    model = get_model("openai-api/test/test", base_url=url, api_key="none", config=config)
    samples = [Sample(input=one["prompt"], target=one["answer"]) for one in questions]
    task = Task(dataset=MemoryDataset(samples), scorer=includes(ignore_case=False))
    (log,) = run(task, model=model, log_dir=folder, display="none")
    assert log.status == "success", log.error
    return log.results.scores[0].metrics["accuracy"].value


def harness() -> float:
    from lm_eval import simple_evaluate
    from lm_eval.api.task import ConfigurableTask

    data = os.path.join(folder, "prompts.jsonl")
    with open(data, "w") as file:
        file.writelines(json.dumps(one) + "\n" for one in questions)
    task = ConfigurableTask(
        config={
            "task": "bench",
            "dataset_path": "json",
            "dataset_kwargs": {"data_files": {"test": data}, "cache_dir": folder},
            "test_split": "test",
            "output_type": "generate_until",
            "doc_to_text": "{{prompt}}",
            "doc_to_target": "{{answer}}",
            "generation_kwargs": {"until": ["\n"], "max_gen_toks": 10, "temperature": 0},
            "filter_list": [{"name": "trimmed", "filter": [{"function": "remove_whitespace"}, {"function": "take_first"}]}],
            "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}],
        }
    )
    arguments = {
        "model": "test",
        "base_url": f"{url}/completions",
        "num_concurrent": 20,
        "tokenizer_backend": None,
        "tokenized_requests": False,
    }
    result = simple_evaluate(
        model="local-completions", model_args=arguments, tasks=[task], bootstrap_iters=0, log_samples=True
    )
    assert result is not None
    return result["results"]["bench"]["exact_match,trimmed"]


accuracy = {"inspect_ai": inspect, "lm_eval": harness}[module]()
assert accuracy == 1, f"accuracy {accuracy}: not the same questions and answers"

"""The same number of questions to the same server through another harness: measure_peers.py MODULE URL FOLDER."""

import json
import os
import sys

module, url, folder = sys.argv[1:]
prompts = json.load(open(os.path.join(folder, "prompts.json")))


def inspect() -> None:
    from inspect_ai import Task, eval as run
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import GenerateConfig, get_model
    from inspect_ai.scorer import includes

    model = get_model("openai-api/test/test", base_url=url, api_key="none", config=GenerateConfig(max_tokens=10, max_connections=20))
    samples = [Sample(input=prompt, target="c") for prompt in prompts]
    logs = run(Task(dataset=MemoryDataset(samples), scorer=includes()), model=model, log_dir=folder, display="none")
    assert logs[0].status == "success", logs[0].error


def harness() -> None:
    from lm_eval import simple_evaluate
    from lm_eval.api.task import ConfigurableTask

    with open(os.path.join(folder, "prompts.jsonl"), "w") as file:
        file.writelines(json.dumps({"prompt": prompt, "target": "c"}) + "\n" for prompt in prompts)
    task = ConfigurableTask(
        config={
            "task": "bench",
            "dataset_path": "json",
            "dataset_kwargs": {"data_files": {"test": os.path.join(folder, "prompts.jsonl")}},
            "test_split": "test",
            "output_type": "generate_until",
            "doc_to_text": "{{prompt}}",
            "doc_to_target": "{{target}}",
            "generation_kwargs": {"until": ["\n"], "max_gen_toks": 10},
            "metric_list": [{"metric": "exact_match"}],
        }
    )
    model_args = f"model=test,base_url={url}/completions,num_concurrent=20,tokenizer_backend=None,tokenized_requests=False"
    result = simple_evaluate(model="local-completions", model_args=model_args, tasks=[task], bootstrap_iters=0)
    assert result is not None


{"inspect_ai": inspect, "lm_eval": harness}[module]()

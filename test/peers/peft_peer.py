"""What Python's peft makes of our adapters, and adapters of its own. Used by peft.test.ts.

    python peft_peer.py DIR

Every folder in DIR has base/ (a model), adapter/ (ours), merged/ (the base with our adapter in its weights) and
questions.json (sequences, and the LoRA settings). Into each goes theirs/ (an adapter that peft makes and saves) and
answers.json: logits of base with adapter/, of merged/ and of base with theirs/, in float32 and in float64, and what peft says of
the tensors of our adapter.
"""

import json
import pathlib
import sys
import warnings

import torch
from peft import LoraConfig, PeftConfig, PeftModel, get_peft_model
from safetensors import safe_open
from transformers import AutoModelForCausalLM

torch.set_num_threads(1)  # the models are tiny


def opened(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


@torch.no_grad()
def answers(model, sequences):
    run = lambda: [model(torch.tensor([ids])).logits[0].flatten().tolist() for ids in sequences]
    logits = run()
    model.double()
    return {"logits": logits, "exact": run()}


def tensors(folder):
    with safe_open(folder / "adapter_model.safetensors", "pt") as file:
        return {name: list(file.get_slice(name).get_shape()) for name in file.keys()}


def fields(config):
    """All fields of a configuration, but for whose it is."""
    all_fields = {key: sorted(value) if isinstance(value, set) else value for key, value in config.to_dict().items()}
    return {key: value for key, value in all_fields.items() if key not in ("peft_version", "base_model_name_or_path")}


def answer(folder):
    questions = json.loads((folder / "questions.json").read_text())
    sequences = questions["sequences"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a key that is missing or not expected is only a warning
        warnings.filterwarnings("ignore", category=FutureWarning)
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        ours = PeftModel.from_pretrained(opened(folder / "base"), folder / "adapter")
    found = {"adapter": answers(ours, sequences), "merged": answers(opened(folder / "merged"), sequences)}
    torch.manual_seed(questions["seed"])
    config = LoraConfig(task_type="CAUSAL_LM", **questions["lora"])
    theirs = get_peft_model(opened(folder / "base"), config)
    with torch.no_grad():
        for name, value in theirs.named_parameters():
            if "lora_" in name:
                value.copy_(questions["size"] * torch.randn_like(value))
    theirs.eval().save_pretrained(folder / "theirs")
    found["theirs"] = answers(theirs, sequences)
    found["tensors"] = {"ours": tensors(folder / "adapter"), "theirs": tensors(folder / "theirs")}
    found["fields"] = {place: fields(PeftConfig.from_pretrained(folder / place)) for place in ("adapter", "theirs")}
    (folder / "answers.json").write_text(json.dumps(found))


for place in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    answer(place)

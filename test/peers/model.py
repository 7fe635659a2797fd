"""What Hugging Face's transformers makes of model folders. Used by model.test.ts.

    python model.py make DIR SEED      makes random models there, saved by transformers
    python model.py answer DIR         opens every folder in DIR and answers its questions.json, in answers.json
"""

import json
import pathlib
import random
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

SPECIAL = dict(bos_token_id=1, eos_token_id=3, pad_token_id=0)


def gpt2(draw):
    heads = draw.choice([1, 2, 4])
    config = GPT2Config(
        vocab_size=draw.randint(8, 60),
        n_positions=draw.randint(40, 90),
        n_embd=heads * draw.choice([4, 8, 16]),
        n_head=heads,
        n_layer=draw.randint(1, 4),
        activation_function=draw.choice(["gelu_new", "gelu"]),
        tie_word_embeddings=draw.random() < 0.5,
        layer_norm_epsilon=draw.choice([1e-5, 1e-3]),
        **SPECIAL,
    )
    return GPT2LMHeadModel(config)


def llama(draw):
    key_value_heads = draw.choice([1, 2])
    heads = key_value_heads * draw.choice([1, 2, 3])
    rope = {"rope_type": "default", "rope_theta": draw.choice([500.0, 10000.0])}
    positions = draw.randint(40, 90)
    scaling = draw.choice(["default", "linear", "llama3", "yarn"])
    if scaling != "default":
        rope |= {"rope_type": scaling, "factor": draw.choice([2.0, 32.0])}
    if scaling in ("llama3", "yarn"):
        rope["original_max_position_embeddings"] = draw.randint(10, positions - 1)
    if scaling == "llama3":
        rope |= {"low_freq_factor": draw.choice([0.1, 1.0]), "high_freq_factor": draw.choice([2.0, 4.0])}
    if scaling == "yarn":
        rope |= {
            "beta_fast": draw.choice([None, 4.0]),
            "beta_slow": draw.choice([None, 0.1]),
            "truncate": draw.choice([True, False]),
        }
        rope |= draw.choice([{}, {"attention_factor": 1.25}, {"mscale": 1.0, "mscale_all_dim": 0.5}])
    config = LlamaConfig(
        vocab_size=draw.randint(8, 60),
        max_position_embeddings=positions,
        hidden_size=heads * draw.choice([4, 8, 16]),
        intermediate_size=draw.randint(10, 70),
        num_attention_heads=heads,
        num_key_value_heads=key_value_heads,
        num_hidden_layers=draw.randint(1, 4),
        tie_word_embeddings=draw.random() < 0.5,
        rms_norm_eps=draw.choice([1e-6, 1e-3]),
        rope_parameters=rope,
        **SPECIAL,
    )
    return LlamaForCausalLM(config)


def make(folder, seed):
    draw = random.Random(seed)
    torch.manual_seed(seed)
    for number in range(6):
        for name, build in (("gpt2", gpt2), ("llama", llama)):
            model = build(draw)
            for key, parameter in model.named_parameters():
                torch.nn.init.normal_(parameter, 1.0 if "ln_" in key or "norm" in key else 0.0, 0.2)
            model.save_pretrained(folder / f"{name}-{number}")


def answer(folder):
    for path in sorted(folder.iterdir()):
        questions = json.loads((path / "questions.json").read_text())
        model = AutoModelForCausalLM.from_pretrained(path).eval()
        ids = torch.tensor(questions["sequences"])
        with torch.no_grad():
            logits = model(ids).logits
        greedy = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=questions["maxTokens"], do_sample=False
        )[:, ids.shape[1] :].tolist()
        answers = {"logits": logits.tolist(), "greedy": [row[: row.index(3)] if 3 in row else row for row in greedy]}
        if "text" in questions:
            tokenizer = AutoTokenizer.from_pretrained(path)
            encoded = tokenizer(questions["text"]).input_ids
            answers |= {"ids": encoded, "text": tokenizer.decode(encoded), "eos": tokenizer.eos_token_id}
        (path / "answers.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
    else:
        answer(pathlib.Path(sys.argv[2]))

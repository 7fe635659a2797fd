"""What Hugging Face's transformers makes of model folders. Used by model.test.ts.

    python model.py make DIR SEED         makes random models there, GPT-2 and Llama, saved by transformers
    python model.py make-others DIR SEED  the same of every other architecture
    python model.py answer DIR            opens every folder in DIR and answers its questions.json, in answers.json
"""

import json
import pathlib
import random
import sys

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
)

torch.set_num_threads(1)  # the models are tiny

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


def sizes(draw, size_of_heads=(4, 6, 8)):
    """What all other decoders have: heads of a size that is not hidden_size / heads, and often several to a key."""
    key_value_heads = draw.choice([1, 2])
    heads = key_value_heads * draw.choice([1, 2, 3])
    return dict(
        vocab_size=draw.randint(8, 60),
        max_position_embeddings=draw.randint(40, 90),
        hidden_size=heads * draw.choice([4, 8]),
        intermediate_size=draw.randint(10, 40),
        num_attention_heads=heads,
        num_key_value_heads=key_value_heads,
        num_hidden_layers=draw.randint(1, 4),
        tie_word_embeddings=draw.random() < 0.5,
        head_dim=draw.choice(size_of_heads),
    )


def scaled_rope(draw, size):
    """Any of the ways to turn, for heads of which `size` numbers turn."""
    rope = {"rope_theta": draw.choice([20.0, 500.0, 10000.0])}
    original = draw.randint(8, 20)
    kind = draw.choice(["default", "linear", "dynamic", "llama3", "yarn", "longrope"])
    if kind in ("linear", "dynamic", "yarn", "llama3"):
        rope["factor"] = draw.choice([2.0, 4.0])
    if kind in ("llama3", "yarn", "longrope"):
        rope["original_max_position_embeddings"] = original
    if kind == "llama3":
        rope |= {"low_freq_factor": 0.2, "high_freq_factor": 2.0}
    if kind == "longrope":
        rope |= {name: [draw.uniform(1, 6) for _ in range(size // 2)] for name in ("short_factor", "long_factor")}
        rope |= draw.choice([{}, {"attention_factor": 1.3}])
    return {"rope_type": kind} | rope


def generic(model_type, draw, own):
    options = own(draw, sizes(draw))
    config = AutoConfig.for_model(model_type, **options, **SPECIAL)
    return AutoModelForCausalLM.from_config(config, attn_implementation="eager")


def any_rope(draw, options):
    return options | {"rope_parameters": scaled_rope(draw, options["head_dim"])}


def biased_llama(draw, options):
    return any_rope(draw, options) | dict(attention_bias=draw.random() < 0.5, mlp_bias=draw.random() < 0.5)


def mistral(draw, options):
    return any_rope(draw, options) | dict(sliding_window=draw.choice([None, 1, 3, 7]))


def qwen2(draw, options):
    window = dict(use_sliding_window=draw.random() < 0.5, sliding_window=draw.choice([2, 5]), max_window_layers=draw.randint(0, 3))
    return any_rope(draw, options) | window


def qwen3(draw, options):
    return qwen2(draw, options) | dict(attention_bias=draw.random() < 0.5)


def smollm3(draw, options):
    window = draw.choice([{}, dict(use_sliding_window=True, sliding_window=3)])
    return any_rope(draw, options) | window | dict(no_rope_layer_interval=draw.randint(1, 4), attention_bias=draw.random() < 0.5)


def phi3(draw, options):
    heads, size = options["num_attention_heads"], options.pop("head_dim")
    options |= dict(hidden_size=heads * size, sliding_window=draw.choice([None, 2, 6]))
    share = draw.choice([1.0, 0.5]) if size % 4 == 0 else 1.0
    rope = {"rope_type": "default", "rope_theta": draw.choice([20.0, 10000.0]), "partial_rotary_factor": share}
    if draw.random() < 0.6:
        factors = [[draw.uniform(1, 6) for _ in range(int(size * share) // 2)] for _ in range(2)]
        rope |= {"rope_type": "longrope", "short_factor": factors[0], "long_factor": factors[1]}
        options["original_max_position_embeddings"] = draw.choice([10, 26, 30])
    return options | {"rope_parameters": rope}


def gemma2(draw, options):
    caps = dict(attn_logit_softcapping=draw.choice([None, 2.0, 8.0]), final_logit_softcapping=draw.choice([None, 5.0, 20.0]))
    scale = dict(query_pre_attn_scalar=draw.choice([3, 16, options["head_dim"]]))
    return any_rope(draw, options) | caps | scale | dict(sliding_window=draw.choice([1, 4, 30]), attention_bias=draw.random() < 0.5)


def gemma3(draw, options):
    linear = {"rope_type": "linear", "rope_theta": 500.0, "factor": 4.0}
    ropes = {"full_attention": linear, "sliding_attention": {"rope_type": "default", "rope_theta": 20.0}}
    own = dict(query_pre_attn_scalar=draw.choice([3, 16]), sliding_window=draw.choice([1, 4]), sliding_window_pattern=draw.randint(2, 4))
    cap = dict(final_logit_softcapping=draw.choice([None, 5.0]))
    return options | own | cap | {"rope_parameters": ropes}


def gpt_neox(draw, options):
    heads, size = options["num_attention_heads"], options.pop("head_dim")
    options.pop("num_key_value_heads")
    rope = {"rope_type": "default", "rope_theta": draw.choice([20.0, 10000.0]), "partial_rotary_factor": draw.choice([1.0, 0.5]) if size % 4 == 0 else 1.0}
    choices = dict(use_parallel_residual=draw.random() < 0.5, attention_bias=draw.random() < 0.5, hidden_act=draw.choice(["gelu", "gelu_new", "gelu_fast"]))
    return options | choices | dict(hidden_size=heads * size, rope_parameters=rope)


def phi(draw, options):
    options.pop("head_dim")
    size = 8
    rope = {"rope_type": "default", "rope_theta": draw.choice([20.0, 10000.0]), "partial_rotary_factor": draw.choice([0.25, 0.5, 1.0])}
    return options | dict(hidden_size=options["num_attention_heads"] * size, rope_parameters=rope)


OTHERS = {
    "llama": biased_llama,
    "mistral": mistral,
    "qwen2": qwen2,
    "qwen3": qwen3,
    "smollm3": smollm3,
    "phi3": phi3,
    "gemma2": gemma2,
    "gemma3_text": gemma3,
    "gpt_neox": gpt_neox,
    "phi": phi,
}


def make_others(folder, seed):
    """Random models of every architecture, with weights so large that caps and norms bite, in one file or several."""
    torch.manual_seed(seed)
    for model_type, own in OTHERS.items():
        draw = random.Random(f"{seed} {model_type}")
        for number in range(6):
            model = generic(model_type, draw, own)
            for parameter in model.parameters():
                around = 0.0 if parameter.dim() == 2 else parameter.detach().clone()
                # (Larger ones, or more layers, blow the last bit of a cosine up beyond what is compared.)
                deviation = 0.5 if parameter.dim() == 2 else 0.4
                parameter.data = around + deviation * torch.randn_like(parameter)
            model.save_pretrained(folder / f"{model_type}-{number}", max_shard_size=draw.choice(["4KB", "1GB"]))


def make(folder, seed):
    draw = random.Random(seed)
    torch.manual_seed(seed)
    for number in range(6):
        for name, build in (("gpt2", gpt2), ("llama", llama)):
            model = build(draw)
            for key, parameter in model.named_parameters():
                torch.nn.init.normal_(parameter, 1.0 if "ln_" in key or "norm" in key else 0.0, 0.2)
            model.save_pretrained(folder / f"{name}-{number}")


def generated(model, sequence, count):
    """Greedy, each token by a whole pass: where the length of a sequence matters, kept keys are of a shorter one."""
    ids = list(sequence)
    for _ in range(count):
        with torch.no_grad():
            token = int(model(torch.tensor([ids]), use_cache=False).logits[0, -1].argmax())
        if token == 3:
            break
        ids.append(token)
    return ids[len(sequence) :]


def answer(folder):
    for path in sorted(folder.iterdir()):
        questions = json.loads((path / "questions.json").read_text())
        model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, attn_implementation="eager").eval()
        ids = torch.tensor(questions["sequences"])
        with torch.no_grad():
            logits = model(ids).logits
        answers = {"logits": logits.tolist(), "greedy": [generated(model, s, questions["maxTokens"]) for s in questions["sequences"]]}
        with torch.no_grad():
            answers["exact"] = model.double()(ids).logits.tolist()
        if "text" in questions:
            tokenizer = AutoTokenizer.from_pretrained(path)
            encoded = tokenizer(questions["text"]).input_ids
            answers |= {"ids": encoded, "text": tokenizer.decode(encoded), "eos": tokenizer.eos_token_id}
        (path / "answers.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "make-others":
        make_others(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
    else:
        answer(pathlib.Path(sys.argv[2]))

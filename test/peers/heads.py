"""Where heads of a model look, and what they say, by transformers and PyTorch. Used by heads.test.ts.

    python heads.py MODEL QUESTIONS ANSWERS   MODEL is a folder or a GGUF file; the others are JSON files
"""

import json
import os
import sys

import torch
from transformers import AutoModelForCausalLM

torch.set_num_threads(1)
torch.set_grad_enabled(False)


def opened(where):
    options = dict(attn_implementation="eager", dtype=torch.float32)
    if os.path.isdir(where):
        return AutoModelForCausalLM.from_pretrained(where, **options).eval()
    folder, name = os.path.split(where)
    return AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, **options).eval()


def patterns(model, sequences):
    """[layers, heads, query, key] of each."""
    for tokens in sequences:
        out = model(torch.tensor([tokens]), output_attentions=True)
        yield torch.stack(out.attentions)[:, 0]


def lags_and_retrieval(model, shots, copies):
    sums, counts, hits, answers = {}, {}, 0, 0
    for shot, a in zip(shots, patterns(model, [shot["tokens"] for shot in shots])):
        source = shot["source"]
        symbols = [shot["tokens"][place] for place in source]
        for j, row in enumerate(shot["rows"]):
            attention = a[:, :, shot["first"] + j][:, :, source]  # [layers, heads, symbols]
            if shot["answer"][j] in symbols:
                best = attention.argmax(-1)
                hits = hits + sum((best == i).double() for i, s in enumerate(symbols) if s == shot["answer"][j])
                answers += 1
            if row is None or (copies and j > len(source) - 2):
                continue
            for lag in range(-10, 11):
                if 0 <= row + lag < len(source):
                    sums[lag] = sums.get(lag, 0) + attention[:, :, row + lag].double()
                    counts[lag] = counts.get(lag, 0) + 1
    lags = [(sums[lag] / counts[lag]).tolist() if lag in sums else None for lag in range(-10, 11)]
    return dict(lags=lags, retrieval=(hits / answers).tolist())


def repeated(model, sequences, n):
    total = {}
    for tokens, a in zip(sequences, patterns(model, sequences)):
        begin = len(tokens) - 2 * n
        found = dict(induction=[], sameSymbol=[], antiInduction=[], previousToken=[])
        for t in range(begin + n + 1, begin + 2 * n):
            found["induction"].append(a[:, :, t, t - n + 1])
            found["sameSymbol"].append(a[:, :, t, t - n])
            found["antiInduction"].append(a[:, :, t, t - n - 1])
        for t in range(1, begin + 2 * n):
            found["previousToken"].append(a[:, :, t, t - 1])
        for name, values in found.items():
            total[name] = total.get(name, 0) + torch.stack(values).double().mean(0) / len(sequences)
    return {name: value.tolist() for name, value in total.items()}


def without_bias(norm, x):
    if getattr(norm, "bias", None) is None:
        return norm(x)
    x = x - x.mean(-1, keepdim=True)
    return x / (x.pow(2).mean(-1, keepdim=True) + norm.eps).sqrt() * norm.weight


def ov(model, symbols):
    """[layers, heads, read, said]."""
    config = model.config
    heads = config.num_attention_heads
    ids = torch.tensor(symbols)
    is_gpt2 = hasattr(model, "transformer")
    base = model.transformer if is_gpt2 else model.model
    blocks = base.h if is_gpt2 else base.layers
    embedded = base.wte(ids) if is_gpt2 else base.embed_tokens(ids[None])[0]
    first = blocks[0]
    if is_gpt2:
        thought = first.mlp(first.ln_2(embedded))
    elif hasattr(first, "pre_feedforward_layernorm"):
        thought = first.post_feedforward_layernorm(first.mlp(first.pre_feedforward_layernorm(embedded)))
    else:
        thought = first.mlp(first.post_attention_layernorm(embedded))
    result = []
    for layer, block in enumerate(blocks):
        read = embedded if layer == 0 else embedded + thought
        x = without_bias(block.ln_1 if is_gpt2 else block.input_layernorm, read)
        if is_gpt2:
            width = x.shape[-1]
            value, output = block.attn.c_attn.weight[:, 2 * width :], block.attn.c_proj.weight  # [D, D], [H·d, D]
        else:
            value, output = block.self_attn.v_proj.weight.T, block.self_attn.o_proj.weight.T
        size = output.shape[0] // heads
        group = heads // (value.shape[1] // size)
        own = []
        for head in range(heads):
            kv = head // group
            said = (x @ value[:, kv * size : (kv + 1) * size]) @ output[head * size : (head + 1) * size]
            if hasattr(block, "pre_feedforward_layernorm"):
                said = block.post_attention_layernorm(said)
            final = without_bias(base.ln_f if is_gpt2 else base.norm, said)
            own.append(final @ model.lm_head.weight[ids].T)
        result.append(torch.stack(own))
    return torch.stack(result).tolist()


def main():
    where, questions, answers = sys.argv[1:]
    with open(questions) as file:
        asked = json.load(file)
    model = opened(where)
    found = dict(
        tasks={name: lags_and_retrieval(model, shots, name in ("UF", "UB", "NF", "NB")) for name, shots in asked["tasks"].items()},
        repeated=repeated(model, asked["repeated"]["sequences"], asked["repeated"]["length"]),
        ov=ov(model, asked["symbols"]),
    )
    with open(answers, "w") as file:
        json.dump(found, file)


main()

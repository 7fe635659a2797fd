"""The edge experiment with TransformerLens 3.9, as its users do it: one forward pass over the whole prompt an instance and pass.

python explain_peers.py QUESTION.json: {model, shots: [{prefix, tail, answer, first}], next, same}, a llama model's GGUF file.
Prints {condition: {seconds, crossEntropy}} with processor seconds of one thread.
"""
import json
import sys
import time

import torch
from gguf import GGUFReader
from gguf.quants import dequantize
from transformer_lens import HookedTransformer, HookedTransformerConfig

torch.set_num_threads(1)
torch.set_grad_enabled(False)


def load(file):
    reader = GGUFReader(file)
    said = lambda name: reader.fields[f"llama.{name}"].contents()
    weights = {t.name: torch.tensor(dequantize(t.data, t.tensor_type)).float() for t in reader.tensors}
    heads, groups = said("attention.head_count"), said("attention.head_count_kv")
    width, layers, size = said("embedding_length"), said("block_count"), said("embedding_length") // heads
    config = HookedTransformerConfig(
        n_layers=layers, d_model=width, n_heads=heads, d_head=size, d_mlp=said("feed_forward_length"), n_ctx=512,
        d_vocab=weights["token_embd.weight"].shape[0], act_fn="silu", normalization_type="RMS",
        eps=said("attention.layer_norm_rms_epsilon"), positional_embedding_type="rotary", rotary_dim=size,
        rotary_base=int(said("rope.freq_base")), rotary_adjacent_pairs=False, n_key_value_heads=groups, gated_mlp=True,
        final_rms=True, device="cpu", dtype=torch.float32,
    )
    # GGUF has the rows of each head in pairs.
    halves = lambda w, n: w.reshape(n, size // 2, 2, width).swapaxes(1, 2).reshape(n, size, width).transpose(1, 2)
    state = {}
    for layer in range(layers):
        of = lambda name: weights[f"blk.{layer}.{name}.weight"]
        at = f"blocks.{layer}."
        state[at + "attn.W_Q"] = halves(of("attn_q"), heads)
        state[at + "attn._W_K"] = halves(of("attn_k"), groups)
        state[at + "attn._W_V"] = of("attn_v").reshape(groups, size, width).transpose(1, 2)
        state[at + "attn.W_O"] = of("attn_output").T.reshape(heads, size, width)
        state[at + "mlp.W_gate"], state[at + "mlp.W_in"] = of("ffn_gate").T, of("ffn_up").T
        state[at + "mlp.W_out"] = of("ffn_down").T
        state[at + "ln1.w"], state[at + "ln2.w"] = of("attn_norm"), of("ffn_norm")
    state["embed.W_E"] = weights["token_embd.weight"]
    state["unembed.W_U"] = weights.get("output.weight", weights["token_embd.weight"]).T
    state["ln_final.w"] = weights["output_norm.weight"]
    model = HookedTransformer(config)
    model.load_state_dict(state, strict=False)
    return model.eval(), heads // groups, size


def ends(*names):
    return lambda name: name.endswith(names)


def logits_of(model, group, size, shot, targets, condition):
    tokens = torch.tensor([shot["prefix"] + shot["tail"]])
    if condition == "base":
        return model(tokens)
    begin = len(shot["prefix"])
    first = begin + shot["first"] + len(shot["answer"]) - len(targets)
    stored, now = {}, {}

    def forget(pattern, hook):
        at = torch.arange(1, pattern.shape[2])
        pattern[:, :, at, at - 1] = 0
        return pattern

    def keep(value, hook):
        stored[hook.name] = value.clone()

    model.run_with_hooks(
        tokens[:, : begin + shot["first"] + 1],
        fwd_hooks=[(ends("hook_pattern"), forget), (ends("hook_rot_k", "hook_v"), keep)],
        return_type=None,
    )

    def remember(name):
        def hook_of(value, hook):
            now[name] = value

        return hook_of

    def scores(value, hook):
        keys = stored[hook.name.replace("hook_attn_scores", "hook_rot_k")]
        for j, target in enumerate(targets):
            key = keys[0, begin + target].repeat_interleave(group, 0)
            value[0, :, first + j, begin + target] = (now["q"][0, first + j] * key).sum(-1) / size**0.5
        return value

    def outputs(value, hook):
        values = stored[hook.name.replace("hook_z", "hook_v")]
        for j, target in enumerate(targets):
            change = (values[0, begin + target] - now["v"][0, begin + target]).repeat_interleave(group, 0)
            value[0, first + j] += now["pattern"][0, :, first + j, begin + target][:, None] * change
        return value

    hooks = {
        "induction": [(ends("hook_rot_q"), remember("q")), (ends("hook_attn_scores"), scores)],
        "anti-induction": [
            (ends("hook_v"), remember("v")),
            (ends("hook_pattern"), remember("pattern")),
            (ends("hook_z"), outputs),
        ],
    }
    return model.run_with_hooks(tokens, fwd_hooks=hooks[condition])


def main():
    question = json.load(open(sys.argv[1]))
    model, group, size = load(question["model"])
    results = {}
    for condition, targets in (("base", "next"), ("induction", "next"), ("anti-induction", "same")):
        began, total = time.process_time(), 0.0
        for i, shot in enumerate(question["shots"]):
            logits = logits_of(model, group, size, shot, question[targets][i], condition)[0]
            first = len(shot["prefix"]) + shot["first"]
            said = logits[first : first + len(shot["answer"])].log_softmax(-1)
            total -= float(said[torch.arange(len(shot["answer"])), torch.tensor(shot["answer"])].mean())
        results[condition] = {
            "seconds": time.process_time() - began,
            "crossEntropy": total / len(question["shots"]),
        }
    print(json.dumps(results))


main()

"""PyTorch's side of `npm run bench -- train-step`: one training step at a time, on request.

Reads one JSON line that says which model, which variant, and how many threads; then, for each line with a batch
(tokens, positions, targets padded to the longest sequence, as the paper's code batches), takes a step and answers with
the seconds that it took and the loss. Everything is what PyTorch users write: GPT-2's architecture, AdamW.
"""
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width, heads, sdpa):
        super().__init__()
        self.heads, self.sdpa = heads, sdpa
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, mask):
        batch, length, width = x.shape
        q, k, v = self.qkv(self.ln1(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if self.sdpa:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = (q @ k.transpose(-1, -2)) / math.sqrt(q.shape[-1])
            y = torch.softmax(scores.masked_fill(mask[:length, :length], float("-inf")), -1) @ v
        x = x + self.out(y.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.ln2(x)), approximate="tanh"))


class Model(nn.Module):
    def __init__(self, vocabulary, positions, layers, heads, width, sdpa):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(positions, width)
        self.blocks = nn.ModuleList([Block(width, heads, sdpa) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        mask = torch.ones(positions, positions, dtype=torch.bool).triu(1)
        self.register_buffer("mask", mask, persistent=False)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, 0, 0.02)

    def forward(self, tokens, positions):
        x = self.tokens(tokens) + self.positions(positions)
        for block in self.blocks:
            x = block(x, self.mask)
        return self.norm(x) @ self.tokens.weight.T


def main():
    setting = json.loads(sys.stdin.readline())
    torch.manual_seed(0)
    torch.set_num_threads(setting["threads"])
    torch.set_flush_denormal(True)
    variant = setting["variant"]
    model = Model(setting["vocabulary"], setting["positions"], setting["layers"], setting["heads"], setting["width"], variant != "eager")
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01, fused=variant != "eager")
    run = torch.compile(model, dynamic=False) if variant == "compile" else model
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        batch = json.loads(line)
        tokens, positions, targets = (torch.tensor(batch[name]) for name in ("tokens", "positions", "targets"))
        start = time.perf_counter()
        logits = run(tokens, positions)
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        value = loss.item()
        print(json.dumps({"seconds": time.perf_counter() - start, "loss": value}), flush=True)


main()

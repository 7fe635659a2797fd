"""What PyTorch makes of graphs: values in float64, and derivatives by autograd. Used by graphs.test.ts.

    python graphs.py < graphs.json > answers.json

A graph is {"nodes": [...], "outputs": {name: id}, "loss": id, "inputs": [id, ...]}, a node {"id", "kind", ...} as
graphs.test.ts writes it; an answer {"values": {name: numbers}, "slopes": [numbers, ...]}.
"""

import json
import sys

import torch
from torch.nn import functional as F

FLOAT = torch.float64
DTYPES = {"float32": FLOAT, "float64": FLOAT, "int32": torch.int64, "int64": torch.int64, "bool": torch.bool}


def tensor(node):
    return torch.tensor(node["data"], dtype=FLOAT).reshape(node["shape"]).to(DTYPES[node["dtype"]])


def transposed(matrix, swap):
    return matrix.transpose(-1, -2) if swap else matrix


def padded(x, axis, before, after):
    def zeros(count):
        return torch.zeros([*x.shape[:axis], count, *x.shape[axis + 1 :]], dtype=x.dtype)

    return torch.cat([zeros(before), x, zeros(after)], axis)


def scattered(x, ids, rows):
    return torch.zeros([rows, x.shape[1]], dtype=x.dtype).index_add(0, ids, x)


def layer_norm(x, scale, bias, epsilon):
    mean = x.mean(-1, keepdim=True)
    inverse = torch.rsqrt(x.var(-1, unbiased=False, keepdim=True) + epsilon)
    return F.layer_norm(x, x.shape[-1:], scale, bias, epsilon), mean, inverse


def rms_norm(x, scale, epsilon):
    return F.rms_norm(x, x.shape[-1:], scale, epsilon), torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon)


def one_hot(ids, depth):
    return F.one_hot(ids, depth).to(FLOAT)


OPERATIONS = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
    "power": torch.pow,
    "minimum": torch.minimum,
    "maximum": torch.maximum,
    "negate": torch.neg,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "reciprocal": torch.reciprocal,
    "abs": torch.abs,
    "erf": torch.erf,
    "affine": lambda x, scale, offset: scale * x + offset,
    "equal": torch.eq,
    "less": torch.lt,
    "lessOrEqual": torch.le,
    "and": torch.logical_and,
    "or": torch.logical_or,
    "not": torch.logical_not,
    "select": torch.where,
    "cast": lambda x, to: x.to(DTYPES[to]),
    "stopGradient": torch.detach,
    "matmul": lambda a, b, transposeA, transposeB, scale: scale
    * torch.matmul(transposed(a, transposeA), transposed(b, transposeB)),
    "linear": lambda x, weight, bias: F.linear(x, weight.T, bias),
    "reshape": lambda x, shape: x.reshape(shape),
    "transpose": lambda x, permutation: x.permute(permutation),
    "slice": lambda x, axis, start, end: x.narrow(axis, start, end - start),
    "pad": padded,
    "concatenate": lambda *xs, axis: torch.cat(xs, axis),
    "expand": lambda x, shape: x.expand(shape),
    "gather": lambda table, ids: table[ids],
    "scatterRows": scattered,
    "oneHot": lambda ids, depth, dtype: one_hot(ids, depth),
    "pick": lambda x, ids: x.gather(-1, ids[..., None])[..., 0],
    "addAt": lambda x, ids, numbers: x.scatter_add(-1, ids[..., None], numbers[..., None]),
    "reduceSum": lambda x, axes, keep: x.sum(axes, keepdim=keep),
    "reduceMean": lambda x, axes, keep: x.mean(axes, keepdim=keep),
    "reduceMax": lambda x, axes, keep: x.amax(axes, keepdim=keep),
    "argMax": lambda x, axis: x.argmax(axis),
    "softmax": lambda x: x.softmax(-1),
    "logSoftmax": lambda x: x.log_softmax(-1),
    "negativeLogLikelihood": lambda x, ids: F.cross_entropy(x, ids, reduction="none"),
    "layerNorm": layer_norm,
    "rmsNorm": rms_norm,
    "gelu": lambda x, form: F.gelu(x, approximate="tanh" if form == "tanh" else "none"),
    "silu": F.silu,
}


def over_parts(node, values):
    body = node["body"]
    batched = [values[i] for i in node["inputs"][: len(body["pieces"])]]
    cut = [x.reshape([body["parts"], -1, *x.shape[1:]]) for x in batched]
    sums, rows = None, []
    for part in range(body["parts"]):
        inner = dict(values)
        inner.update({piece: x[part] for piece, x in zip(body["pieces"], cut)})
        compute(body["nodes"], inner)
        results = [inner[i] for i in body["results"]]
        terms = results[: body["sums"]]
        sums = terms if sums is None else [a + b for a, b in zip(sums, terms)]
        rows.append(results[body["sums"] :])
    return (*sums, *(torch.cat(pieces, 0) for pieces in zip(*rows)))


def compute(nodes, values):
    for node in nodes:
        if node["kind"] == "constant":
            values[node["outputs"][0]] = tensor(node)
        elif node["name"] == "overParts":
            values.update(zip(node["outputs"], over_parts(node, values)))
        else:
            made = OPERATIONS[node["name"]](*(values[i] for i in node["inputs"]), **node["attributes"])
            values.update(zip(node["outputs"], made if isinstance(made, tuple) else (made,)))


def answer(graph):
    values = {node["id"]: tensor(node).requires_grad_() for node in graph["inputs"]}
    sources = list(values.values())
    compute(graph["nodes"], values)
    loss = values[graph["loss"]]
    slopes = [None] * len(sources)
    if loss.requires_grad:
        slopes = torch.autograd.grad(loss, sources, allow_unused=True)
    return {
        "values": {name: values[i].detach().to(FLOAT).flatten().tolist() for name, i in graph["outputs"].items()},
        "slopes": [
            [0.0] * source.numel() if slope is None else slope.flatten().tolist()
            for source, slope in zip(sources, slopes)
        ],
    }


json.dump([answer(graph) for graph in json.load(sys.stdin)], sys.stdout)

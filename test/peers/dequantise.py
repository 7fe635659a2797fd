"""A GGUF file with every quantised tensor as 32-bit floats: what its model is without its server's shortcuts.

    python dequantise.py IN.gguf OUT.gguf        (pip install gguf)
"""

import sys

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter
from gguf.quants import dequantize

F32_FILE = 0  # general.file_type of llama.cpp: all tensors are F32

source, target = sys.argv[1:]
reader = GGUFReader(source)
writer = GGUFWriter(target, arch=reader.fields["general.architecture"].contents())
for field in reader.fields.values():
    if field.name == "general.architecture" or field.name.startswith("GGUF."):
        continue
    kind, *inner = field.types
    value = F32_FILE if field.name == "general.file_type" else field.contents()
    writer.add_key_value(field.name, value, kind, inner[-1] if kind == GGUFValueType.ARRAY else None)
for tensor in reader.tensors:
    plain = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
    writer.add_tensor(tensor.name, plain, raw_dtype=GGMLQuantizationType.F32)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

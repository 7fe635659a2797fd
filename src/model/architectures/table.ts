/** The architectures there are. A new one is a file beside this one, a name in `config.ts` and a line here. */
import type { ArchitectureName } from '../config/config.ts';
import type { Architecture } from './architecture.ts';
import { gatedDecoder } from './gated.ts';
import { gemma2, gemma3, llama, mistral, phi3, qwen2, qwen3, smollm3 } from './gated-kinds.ts';
import { gpt2 } from './gpt2.ts';
import { neox, parallelDecoder, phi } from './parallel.ts';

export const architectures: Readonly<Record<ArchitectureName, Architecture>> = {
  gpt2,
  llama: gatedDecoder(llama),
  mistral: gatedDecoder(mistral),
  qwen2: gatedDecoder(qwen2),
  qwen3: gatedDecoder(qwen3),
  smollm3: gatedDecoder(smollm3),
  phi3: gatedDecoder(phi3),
  gemma2: gatedDecoder(gemma2),
  gemma3: gatedDecoder(gemma3),
  'gpt-neox': parallelDecoder(neox),
  phi: parallelDecoder(phi),
};

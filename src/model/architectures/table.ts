/** The architectures there are. A new one is a file beside this one, a name in `config.ts` and a line here. */
import type { ArchitectureName } from '../config/config.ts';
import type { Architecture } from './architecture.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';

export const architectures: Readonly<Record<ArchitectureName, Architecture>> = { gpt2, llama };

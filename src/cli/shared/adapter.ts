/** `--adapter`: a low-rank adapter in the weights of a model that runs here. */
import { UserError } from '../../common/errors.ts';

export const ADAPTER_HELP =
  'the folder of a LoRA adapter, as peft or lengthwise finetune wrote it, that is put into the model’s weights';

/** @throws UserError for an adapter that a server would have to load */
export function refuseAdapter(adapter: string | undefined): void {
  if (adapter === undefined) return;
  throw new UserError(
    `--adapter ${adapter}: a server loads adapters itself (vLLM: --enable-lora --lora-modules NAME=FOLDER); name the adapter with --model NAME, or name the model’s GGUF file or folder instead of the address`,
  );
}

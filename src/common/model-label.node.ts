/** What a model that runs here is called: by its file or folder, and that of the adapter in it. */
import path from 'node:path';

/** `SmolLM2.gguf`, or `SmolLM2.gguf + copying`. */
export function modelLabel(target: string, adapter?: string): string {
  const name = (place: string): string => path.basename(path.resolve(place));
  return adapter === undefined ? name(target) : `${name(target)} + ${name(adapter)}`;
}

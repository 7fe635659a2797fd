/** ONNX Runtime in Node. In a file of its own, so that a page never loads it. */
import type { Runtime } from './session.ts';

export async function loadNodeRuntime(): Promise<Runtime> {
  const library: Runtime = await import('onnxruntime-node');
  return library;
}

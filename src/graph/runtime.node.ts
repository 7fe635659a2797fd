/** ONNX Runtime in Node. In a file of its own, so that a page never loads it. */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { messageOf, UserError } from '../common/errors.ts';
import type { Device, Runtime } from './session.ts';

/**
 * Loads onnxruntime-node, which is an optional dependency: what needs no model here runs without its 290 MB.
 * @throws UserError where it is not installed, or has no binary that loads on this machine
 */
export async function loadNodeRuntime(): Promise<Runtime> {
  // Else it sends Microsoft what models and machines it runs on, and leaves files of that in the folder for temporary ones.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  try {
    const library: Runtime = await import('onnxruntime-node');
    return library;
  } catch (error) {
    throw new UserError(reasonFor(error), { cause: error });
  }
}

/** What ONNX Runtime computes with on NVIDIA's graphics processors; it is not in the package, for its 270 MB. */
const CUDA_LIBRARIES = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];

/**
 * The same for sessions on an NVIDIA graphics processor.
 * @throws UserError where the provider for them is not installed
 */
export async function loadCudaRuntime(): Promise<Runtime> {
  const runtime = await loadNodeRuntime();
  requireDevice('cuda');
  // Else float32 is multiplied as TF32, with 10 bits of 23. Read by cuBLAS before its first product.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  return runtime;
}

/**
 * Looks for what computes on a device, before work is begun that could not be done.
 * @throws UserError where it is not installed
 */
export function requireDevice(device: Device): void {
  requireNodeRuntime();
  if (device === 'cpu') return;
  const [platform, folder] = [`${process.platform}-${process.arch}`, runtimeFolder()];
  if (platform !== 'linux-x64')
    throw new UserError(`--device cuda: ONNX Runtime has it for linux-x64 only, and this is ${platform}`);
  // `bin/skip-cuda-download.js` leaves empty files.
  const missing = CUDA_LIBRARIES.find((file) => !isFilled(path.join(folder, file)));
  if (missing !== undefined)
    throw new UserError(
      `--device cuda: ${missing} is not in ${folder}; install ONNX Runtime's CUDA provider, see docs/graph.md, "On a graphics processor"`,
    );
}

function runtimeFolder(): string {
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return path.join(path.dirname(manifest), 'bin/napi-v6', process.platform, process.arch);
}

function isFilled(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Looks for onnxruntime-node without loading it, before work is begun that could not be done.
 * @throws UserError where it is not installed
 */
export function requireNodeRuntime(): void {
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  } catch (error) {
    throw new UserError(reasonFor(error), { cause: error });
  }
}

function reasonFor(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return `computing with a model here needs ONNX Runtime, which is not installed: npm install onnxruntime-node@${runtimeVersion()}`;
  }
  const platform = `${process.platform}-${process.arch}`;
  return (
    `ONNX Runtime, with which models are computed here, does not load on this machine (${platform}): ${messageOf(error)}; ` +
    `reinstall it: npm install onnxruntime-node@${runtimeVersion()}`
  );
}

/** The version of ONNX Runtime that this version of lengthwise is made for, from its package.json. */
function runtimeVersion(): string {
  const manifest = new URL('../../package.json', import.meta.url);
  const { optionalDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    optionalDependencies: Readonly<Record<string, string>>;
  };
  return optionalDependencies['onnxruntime-node'];
}

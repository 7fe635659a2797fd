/** Which target is measured: an endpoint, the folder of a model, a recording, or what a folder has stored. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../common/errors.ts';
import { isTextModel } from '../../common/text-folder.node.ts';
import type { MeasureOptions } from './options.ts';

/** What is measured. */
export type Target =
  | { readonly kind: 'endpoint'; readonly url: string }
  /** Of a model trained here, which reads symbols. */
  | { readonly kind: 'folder'; readonly folder: string }
  /** A model that reads text: a Hugging Face folder, or a GGUF file. */
  | { readonly kind: 'text-model'; readonly target: string }
  | { readonly kind: 'recording'; readonly files: readonly string[] }
  /** What --out holds already, scored again. */
  | { readonly kind: 'stored'; readonly folder: string };

/** @throws UserError where nothing, or more than one thing, is named */
export function targetOf(
  named: string | undefined,
  options: MeasureOptions,
  verb: 'measure' | 'fix' = 'measure',
): Target {
  const { endpoint, outputs, rescore, out } = options;
  const given = [named, endpoint, outputs].filter((each) => each !== undefined);
  if (rescore) {
    if (out === undefined || given.length > 0) {
      throw new UserError(
        '--rescore takes the folder of a measurement and nothing else: --rescore --out FOLDER',
      );
    }
    return { kind: 'stored', folder: out };
  }
  if (given.length > 1)
    throw new UserError(
      `${verb} one thing: an address, a folder, ${verb === 'fix' ? 'or a GGUF file' : 'a GGUF file, or --outputs FILE'}`,
    );
  if (outputs !== undefined) {
    checkOutputs(outputs);
    return { kind: 'recording', files: outputs };
  }
  const target = endpoint ?? named;
  if (target === undefined) {
    throw new UserError(
      `${verb} what? Name the address of a server (http://127.0.0.1:8000/v1 --model NAME), the folder of a model, ${verb === 'fix' ? 'or a GGUF file' : 'a GGUF file, or --outputs FILE'}`,
    );
  }
  checkTarget(target, endpoint === undefined ? verb : '--endpoint');
  if (endpoint !== undefined || /^https?:\/\//i.test(target)) return { kind: 'endpoint', url: target };
  return isTextModel(target) ? { kind: 'text-model', target } : { kind: 'folder', folder: target };
}

function checkOutputs(files: readonly string[]): void {
  if (files.some((file) => /^https?:\/\//i.test(file))) {
    throw new UserError('measure one thing: --outputs takes files; an address is asked without --outputs');
  }
  const twice = files.find((file, i) => files.findIndex((other) => samePath(other, file)) < i);
  if (twice !== undefined) throw new UserError(`--outputs names ${twice} twice`);
}

function samePath(a: string, b: string): boolean {
  return path.resolve(a) === path.resolve(b);
}

/** An address that lacks its beginning, or has another one than a server's. */
function checkTarget(target: string, by: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(target)?.[1].toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    throw new UserError(
      `${by}: an address begins with http:// or https://, not ${scheme}://; a folder is named without either`,
    );
  }
  const [, host] =
    /^((?:localhost|[\w-]+(?:\.[\w-]+)+|\[[\da-f:]+\]):\d{1,5}(?:\/\S*)?)$/i.exec(target) ?? [];
  if (scheme !== undefined || host === undefined || existsSync(target)) return;
  const whole = host.includes('/') ? host.replace(/\/$/, '') : `${host}/v1`;
  throw new UserError(`${by}: an address begins with http:// or https://; did you mean http://${whole}?`);
}

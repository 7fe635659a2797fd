/** What a study calls models in files and folders: the last part of their path, or as many parts as tell them from each other. */
import path from 'node:path';
import type { ExplainedModel } from './explaining.ts';

/** @param targets absolute paths of all such models of the study */
export function namesOfModels(targets: readonly string[]): ReadonlyMap<string, string> {
  const all = [...new Set(targets)];
  return new Map(all.map((target) => [target, nameAmong(target, all)]));
}

/** With the name that it has among all. */
export function named<T extends ExplainedModel>(model: T, names: ReadonlyMap<string, string>): T {
  return { ...model, name: names.get(model.target) ?? model.name };
}

function nameAmong(target: string, all: readonly string[]): string {
  const parts = partsOf(target);
  const ending = (count: number, of: string): string => partsOf(of).slice(-count).join('/');
  for (let count = 1; count <= parts.length; count++) {
    const name = ending(count, target);
    if (!all.some((other) => other !== target && ending(count, other) === name)) return name;
  }
  return target;
}

function partsOf(target: string): readonly string[] {
  return target.split(path.sep).filter((part) => part !== '');
}

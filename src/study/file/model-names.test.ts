import { describe, expect, it } from 'vitest';
import { namesOfModels } from './model-names.ts';

describe('the names of models in files', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['the last part of the path', ['/m/a.gguf', '/n/b'], ['a.gguf', 'b']],
    [
      'as many as tell them apart',
      ['/runs/a/seed-1', '/runs/b/seed-1', '/runs/c'],
      ['a/seed-1', 'b/seed-1', 'c'],
    ],
    ['one path that ends like another', ['/x/y/m', '/y/m', '/m'], ['x/y/m', '/y/m', '/m']],
    ['one for the same file twice', ['/m/a.gguf', '/m/a.gguf'], ['a.gguf', 'a.gguf']],
  ])('are %s', (_, targets, right) => {
    const names = namesOfModels(targets);
    expect(targets.map((target) => names.get(target))).toEqual(right);
    expect(new Set(names.values()).size).toBe(new Set(targets).size);
  });
});

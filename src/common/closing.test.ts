import { describe, expect, it } from 'vitest';
import { drained, eachOf } from './closing.ts';

async function* counting(held: { open: boolean }): AsyncGenerator<number, string> {
  held.open = true;
  try {
    for (let i = 0; i < 3; i++) {
      await Promise.resolve();
      yield i;
    }
    return 'done';
  } finally {
    held.open = false;
  }
}

describe('a generator that holds something open', () => {
  it('is taken whole', async () => {
    const taken: number[] = [];
    expect(await drained(counting({ open: false }), (i) => void taken.push(i))).toBe('done');
    expect(taken).toEqual([0, 1, 2]);
  });

  it('is closed where taking throws', async () => {
    const held = { open: false };
    const full = (): never => {
      throw new Error('the disk is full');
    };
    await expect(drained(counting(held), full)).rejects.toThrow('the disk is full');
    expect(held.open).toBe(false);
  });

  it('is closed where nobody wants more', async () => {
    const held = { open: false };
    for await (const i of eachOf(counting(held), (each) => [each])) if (i === 1) break;
    expect(held.open).toBe(false);
  });
});

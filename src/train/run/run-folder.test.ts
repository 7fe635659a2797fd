import { describe, expect, it } from 'vitest';
import { refuseStrangers } from './run-folder.node.ts';

describe('the folder of a run', () => {
  it.each(['', '.'])('is not the one that we are in (%j), which holds other things', (folder) => {
    expect(() => refuseStrangers(folder)).toThrow(/holds something else/);
  });
});

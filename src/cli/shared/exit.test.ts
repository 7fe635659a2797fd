import { describe, expect, it } from 'vitest';
import { EXIT_HELP, exits } from './exit.ts';

describe('exit statuses', () => {
  it('are each another number, and each is in the help', () => {
    const codes = Object.values(exits);
    expect(new Set(codes).size).toBe(codes.length);
    const described = [...EXIT_HELP.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code));
    expect(described).toEqual(codes);
  });
});

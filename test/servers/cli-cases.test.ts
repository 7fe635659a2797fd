import { describe, expect, it } from 'vitest';
import { serverCases } from './cases.ts';
import { isSlow } from '../slowly.ts';
import {
  command,
  describeOutcomes,
  faultsOf,
  inItsOwnProcess,
  inThisProcess,
  outcomesIn,
} from './commanding.ts';

describe.concurrent('a server that somebody reported, measured by the command', () => {
  it.each(serverCases.map((one) => [one.name, one] as const))('%s', { timeout: 180_000 }, async (_, one) => {
    const came = await command(one, isSlow ? inItsOwnProcess : inThisProcess);
    expect(faultsOf(one, came), came.said).toEqual([]);
    if (came.result !== null)
      expect(describeOutcomes(outcomesIn(came.result))).toBe(describeOutcomes(one.right));
    // Nothing that a server says reaches a terminal as it is.
    expect(came.said).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
  });
});

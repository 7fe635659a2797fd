import fc from 'fast-check';
import { expect, it } from 'vitest';
import { statusFault } from './faults.ts';
import { replies } from './hostile-fixture.ts';
import { readReply } from './read.ts';

const redact = (text: string): string => text.replaceAll('sk-secret', '[secret]');

it('a hundred thousand replies with anything in any place: each is read or said, and none throws', () => {
  let read = 0;
  fc.assert(
    fc.property(replies, fc.constantFrom(200, 400, 403, 429, 500), (reply, status) => {
      const body = JSON.stringify(reply);
      const headers = { 'retry-after': body.slice(0, 40), 'content-type': 'application/json' };
      const result =
        status === 200
          ? readReply({ status, headers, body }, redact, 1e12)
          : statusFault({ status, headers, body }, redact, 1e12);
      expect(typeof result).toBe('object');
      read += 1;
    }),
    { numRuns: 100_000 },
  );
  expect(read).toBe(100_000);
}, 600_000);

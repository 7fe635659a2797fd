import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createIo } from './io.ts';

it.each([true, false])(
  'whether input comes from a terminal is what the surroundings say: %s',
  (inputIsTerminal) => {
    const io = createIo({
      ...{ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() },
      inputIsTerminal,
      on: () => undefined,
      exit: () => undefined,
    });
    expect(io.inputIsTerminal).toBe(inputIsTerminal);
  },
);

/**
 * The same command again, after prompts of some length were taken no longer: whatever the server's context, its words and how
 * long it takes, all that it says is what it said before, and nothing is asked.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rng } from '../common/random.ts';
import { askableNamed } from '../prompt/askable.ts';
import { sequenceTemplate } from '../respond/local/sequence.ts';
import type { Prompted, Questions, Responded, Respondent } from '../respond/respondent.ts';
import { textOutput } from '../score/output.ts';
import type { Output } from '../score/output.ts';
import type { Summary } from '../score/tables/summary.ts';
import { readMeasurement } from './gather/folder.node.ts';
import { measure } from './measure.node.ts';
import type { MeasureSpec } from './measure.node.ts';
import { SEARCH_ALPHA } from './plan/plan.ts';
import { fitsNowhere, missingText } from './store/ending.ts';
import { MeasureStore } from './store/store.node.ts';

/** What a server does from a length on. */
interface Limit {
  readonly from: number;
  readonly words: 'context' | 'size' | 'refused';
  /** The share of the prompts of this length and longer ones that it is for. */
  readonly share: number;
  /** The share of those prompts that never reach the model. */
  readonly lost: number;
}

interface Server extends Limit {
  /** How many questions are under way at once, and what names the order in which they are answered. */
  readonly atOnce: number;
  readonly order: number;
  /** The longest length that the model is right at. */
  readonly right: number;
}

const REFUSALS: Readonly<Record<Limit['words'], Pick<Output, 'failure' | 'error'>>> = {
  context: { failure: 'too-long', error: 'status 400: maximum context length is 131 tokens' },
  size: { failure: 'form', error: 'status 400: Range of input length should be [1, 6144]' },
  refused: { failure: 'form', error: 'status 400' },
};

const LOST: Pick<Output, 'failure' | 'error'> = { failure: 'server', error: 'status 500' };

class SlowServer implements Respondent {
  readonly identity = { kind: 'endpoint' };
  requests = 0;
  private readonly server: Server;

  constructor(server: Server) {
    this.server = server;
  }

  async *ask<P extends Prompted>(questions: Questions<P>) {
    const random = rng('the order of answers', this.server.order);
    const underWay: P[] = [];
    for (;;) {
      let asked: P | 'wait' | 'soon' | 'done' = 'wait';
      while (underWay.length < this.server.atOnce && typeof (asked = questions.next()) !== 'string') {
        underWay.push(asked);
        this.requests += 1;
      }
      if (asked === 'soon') continue;
      if (underWay.length === 0) {
        expect(asked).toBe('done');
        return { kind: 'done' as const };
      }
      const came = random.shuffle(underWay).splice(0, 1 + random.below(underWay.length));
      yield await Promise.resolve(came.map((prompted) => this.answered(prompted)));
    }
  }

  private answered<P extends Prompted>(prompted: P): Responded<P> {
    const { from, share, words, right, lost } = this.server;
    const { source, answer } = prompted.sample;
    const by = source.join(' ');
    // Whether a prompt fits is the same every time, whether it gets there is not.
    const isLost = rng('lost', by, prompted.repeat).float() < lost;
    const isRefused = rng('refused', by).float() < share;
    const failure = source.length < from ? null : isLost ? LOST : isRefused ? REFUSALS[words] : null;
    const said = source.length <= right ? answer.join(' ') : '?';
    return {
      prompted,
      output: failure === null ? textOutput(said) : { ...textOutput(''), text: null, ...failure },
    };
  }
}

const servers: fc.Arbitrary<Server> = fc.record({
  from: fc.constantFrom(5, 10, 12, 20, 40, 300),
  words: fc.constantFrom(...(['context', 'size', 'refused'] as const)),
  share: fc.constantFrom(1, 1, 1, 0.9, 0.5, 0.1),
  lost: fc.constantFrom(0, 0, 0.2),
  atOnce: fc.constantFrom(1, 2, 5, 16, 64),
  order: fc.nat(1000),
  right: fc.constantFrom(10, 1000),
});

const commands: fc.Arbitrary<Partial<MeasureSpec> & { readonly n: number }> = fc.record({
  lengths: fc.constantFrom(null, [10, 20, 40, 50, 60], [40, 50], [5, 6, 7, 11]),
  n: fc.constantFrom(1, 2, 4, 5, 9, 12, 25),
  repeats: fc.constantFrom(1, 1, 1, 2),
  maxLength: fc.constantFrom(40, 60),
  drawnLengths: fc.constantFrom(0, 3),
  threshold: fc.constantFrom(0.5, 0.9, 0.99),
});

const note = { lengthwise: '', options: {}, prices: null, api: null, alpha: SEARCH_ALPHA };

async function run(folder: string, server: Server, command: Partial<MeasureSpec> & { readonly n: number }) {
  const store = MeasureStore.open(folder);
  const asked = ['UR', 'UF'].map((name) => {
    const task = askableNamed(name);
    return { task, template: sequenceTemplate(task.family) };
  });
  const usual = { lengths: null, maxLength: 40, repeats: 1, seed: 1, threshold: 0.9 };
  const spec: MeasureSpec = { ...usual, ...command, asked, rendering: {}, sources: {} };
  const respondent = new SlowServer(server);
  try {
    const { signal } = new AbortController();
    const ran = await measure(spec, respondent, { store, note, signal });
    const summary = rounded(ran.gathered.summary());
    const { ending, others, failed } = ran;
    const result = { respondent: respondent.identity, ending, run: ran, ...summary };
    return { said: { summary, others, failed }, requests: respondent.requests, result };
  } finally {
    store.close();
  }
}

/** Shares of right answers are added up in the order in which they come. */
function rounded(value: unknown): Summary {
  const digits = (_: string, one: unknown): unknown =>
    typeof one === 'number' && !Number.isInteger(one) ? Number(one.toPrecision(10)) : one;
  return JSON.parse(JSON.stringify(value, digits)) as Summary;
}

it('prints the same tables, makes no request and leaves no answer out', () =>
  fc.assert(
    fc.asyncProperty(servers, commands, fc.nat(1000), async (server, command, order) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'same-command-'));
      try {
        const { said, result } = await run(folder, server, command);
        // Refusals that say nothing of the context, and show no end of it, are asked again.
        fc.pre(missingText(result) === null || fitsNowhere(result));
        const again = await run(folder, { ...server, order, atOnce: 7 }, command);
        expect([again.said, again.requests]).toEqual([said, 0]);
        expect(said.others).toEqual([]);
        expect(rounded(readMeasurement(folder)[0].summary())).toEqual(said.summary);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 30 },
  ));

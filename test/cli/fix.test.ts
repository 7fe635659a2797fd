/** `lengthwise fix` against a server that looks right but not left, and copies 30 symbols and no more. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askableNamed } from '../../src/prompt/askable.ts';
import { FRESH_SAMPLES } from '../../src/fix/fewest.ts';
import { FIRST_LOOK } from '../../src/fix/outcome/recommend.ts';
import type { FixResult } from '../../src/fix/outcome/rows.ts';
import { PROBE_MOST } from '../../src/respond/endpoint/probe/probe-requests.node.ts';
import { commandHere, workingDirectory } from '../command-here.ts';
import { runAsync } from '../run-async.ts';
import type { Asked, Sent } from '../server/behaviour.ts';
import { startServer } from '../server/server.ts';
import { error } from '../servers/case.ts';
import { writeTextGguf } from '../text-model.ts';

const accuracy = (task: string, length: number): number =>
  ['UR', 'NRFirst', 'UF', 'NF'].includes(task) && length <= 30 ? 1 : 0.02;

const root = path.resolve(import.meta.dirname, '../..');

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer({ accuracy, model: 'test' });
});
afterAll(() => server.close());

const fix = (...words: string[]) => commandHere(['fix', server.url, '--model', 'test', ...words]);

function folder(): string {
  return mkdtempSync(path.join(workingDirectory, 'fix-'));
}

interface Transform {
  before(source: string[], query: string | null): { task: string; source: string[]; query: string | null }[];
  after(answers: (string[] | null)[], source: string[], query: string | null): string[] | null;
}

describe('copying backward', () => {
  const out = folder();

  it('is reversed in code, with the price and the files of it', async () => {
    const { code, out: json, said } = await fix('--at-least', 'UB=20', '--n', '60', '--json', '--out', out);
    expect([code, said]).toEqual([0, expect.stringContaining('written: ')]);
    const result = JSON.parse(json) as FixResult;
    expect(result.recommended).toBe('reverse');
    expect(result.plain.accuracy).toBeLessThan(0.15);
    const reverse = result.mitigations.find(({ name }) => name === 'reverse');
    expect(reverse).toMatchObject({ length: 20, n: 60, right: 60, accuracy: 1, abstained: 0, horizon: 20 });
    expect(reverse?.pAdjusted).toBeLessThan(0.0001);
    expect(reverse?.tokens).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(path.join(out, 'fix.json'), 'utf8'))).toEqual(result);
  });

  it('is done by the generated code: what it asks has the right answers that it gives back', async () => {
    const code = (await import(path.join(out, 'transform.ts'))) as Transform;
    const { source, query, answer } = askableNamed('UB').instance({ length: 12, seed: 9, index: 4 });
    const [asked, ...others] = code.before([...source], query);
    expect(others).toEqual([]);
    expect(asked.task).toBe('UF');
    const right = askableNamed('UF').answer(asked.source);
    if ('refusal' in right) throw new Error(right.refusal);
    expect(code.after([[...right.answer]], [...source], query)).toEqual(answer);
    expect(existsSync(path.join(out, 'transform.py'))).toBe(true);
  });

  it('is asked with a prompt that measure takes', async () => {
    const words = ['measure', server.url, '--model', 'test', '--task', 'UF', '--lengths', '20', '--n', '40'];
    const prompt = path.join(out, 'prompt.yaml');
    const { code, out: json } = await commandHere([
      ...words,
      '--prompt',
      prompt,
      '--json',
      '--out',
      folder(),
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(json)).toMatchObject({ rows: [{ task: 'UF', length: 20, n: 40, correct: 40 }] });
  });

  it('has the certificate of what is asked, which is verified', async () => {
    const { verifyCertificate, parseCertificate } = await import('../../src/predict/index.ts');
    const certificate = parseCertificate(readFileSync(path.join(out, 'certificate.json'), 'utf8'));
    expect(verifyCertificate(certificate)).toMatchObject({
      outcome: expect.stringMatching(/^holds/) as string,
    });
    expect(certificate).toMatchObject({ verdict: 'in', subject: 'UF' });
  });

  it('given again, asks nothing and says the same', async () => {
    const before = server.seen.requests;
    const { code, out: json } = await fix('--at-least', 'UB=20', '--n', '60', '--json', '--out', out);
    expect(code).toBe(0);
    expect(server.seen.requests - before).toBeLessThan(3);
    expect(JSON.parse(json)).toEqual(JSON.parse(readFileSync(path.join(out, 'fix.json'), 'utf8')));
  });
});

it('a long source is cut into parts, since no copy of it holds as a whole', async () => {
  const { code, out, said } = await fix(
    '--at-least',
    'NB=40',
    '--n',
    '50',
    '--only',
    'reverse,reverse+chunk',
  );
  expect([code, said]).toEqual([0, expect.stringContaining('written: ')]);
  expect(out).toMatch(/^Recommended: reverse\+chunk /m);
  expect(out).toMatch(/^reverse +[0-4] +50/m);
  expect(out).toMatch(/^reverse\+chunk +50 +50/m);
  expect(out).toContain('parts of 16: 20 of 20 copies of 4 right');
});

it('a backward copy is reversed before it is cut: chunk is reverse+chunk there', async () => {
  const words = ['--at-least', 'UB=40', '--n', '50', '--only', 'reverse,chunk', '--hand-over', 'chunk'];
  const { code, out: json, said } = await fix(...words, '--json');
  expect([code, said]).toEqual([0, expect.stringContaining('transform.py (reverse+chunk)')]);
  const { mitigations, recommended } = JSON.parse(json) as FixResult;
  expect([recommended, ...mitigations.map(({ name }) => name)]).toEqual([
    'reverse+chunk',
    'reverse',
    'reverse+chunk',
  ]);
});

it('says where nothing holds, with status 4', async () => {
  const { code, out, said } = await fix('--at-least', 'UL=40', '--n', '50', '--only', 'twice,padded');
  expect(code).toBe(4);
  expect(out).toContain('Nothing that was tried is shown to hold up to 40.');
  expect(said).toContain('UL: nothing that was tried is shown to hold up to 40');
});

describe('where the plain prompt fails at short lengths alone, or only nearly holds', () => {
  let model: (task: string, length: number) => number = accuracy;
  let other: Awaited<ReturnType<typeof startServer>>;
  beforeAll(async () => {
    other = await startServer({ accuracy: (...asked) => model(...asked), model: 'test' });
  });
  afterAll(() => other.close());
  const ask = (...words: string[]) => commandHere(['fix', other.url, '--model', 'test', ...words]);
  const pageIn = (out: string): string =>
    readFileSync(path.join(out, 'fix.html'), 'utf8')
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');

  it('recommends what holds and is better there, and says where', async () => {
    model = (task, length) => (task === 'UB' && length < 8 ? 0.6 : 1);
    const out = folder();
    const words = ['--at-least', 'UB=20', '--n', '60', '--only', 'reverse', '--out', out];
    const { code, out: text, said } = await ask(...words);
    expect(code, said).toBe(0);
    expect(text).toMatch(/^plain +60 +60 +100 % .* < 5$/m);
    expect(text).toMatch(/^reverse +60 +60 +100 % .* ≥ 20 +UF in$/m);
    expect(text).toMatch(
      /^plain is not shown to hold at 5: (\d\d) of 60; reverse 60 of 60 at 5 \(\+[\d.]+ %, .*, p < 0.0001\)$/m,
    );
    expect(text).toContain('p is corrected for 1 mitigation at 3 lengths;');
    expect(text).toMatch(/^Recommended: reverse /m);
    expect(pageIn(out)).toMatch(/As it is asked, \d\d of 60 are right at 5 \(.*Right: 60 of 60 at 5 \(\+/);
  });

  it('says of what holds and is not shown to be better that it holds, and hands nothing over', async () => {
    model = (task) => (task === 'UL' ? 0.95 : 1);
    const out = folder();
    const words = ['--at-least', 'UL=20', '--n', '60', '--only', 'reverse', '--out', out];
    const { code, out: text, said } = await ask(...words);
    expect(code).toBe(4);
    const line = 'hown to hold up to 20, but not shown to be better than plain: reverse';
    expect(text).toContain(`\nS${line}.\n`);
    expect(said).toContain(`UL: s${line}\n`);
    expect(pageIn(out)).toContain(`S${line}.`);
    expect([text, said, pageIn(out)].join()).not.toMatch(/nothing that was tried/i);
    expect(readdirSync(out).toSorted()).toEqual(['fix.html', 'fix.json', 'questions']);
  });
});

it('says where nothing has to be mended', async () => {
  const single = await fix('--at-least', 'UF=1', '--n', '50', '--only', 'twice');
  expect([single.code, single.out]).toEqual([0, expect.stringMatching(/^UF of 1 symbol, asked of /)]);
  const { code, out } = await fix('--at-least', 'UR=12', '--n', '50', '--only', 'twice');
  expect(code).toBe(0);
  expect(out).toContain('UR holds up to 12 as it is asked: there is nothing to mend.');
});

describe('the user’s mistakes, in one line with the way out', () => {
  it.each<readonly [string[], string]>([
    [[], 'fix what? Give one task and the horizon that it is to have: --at-least UB=60'],
    [['--at-least', 'UB=60', '--at-least', 'UF=60'], '(one a command)'],
    [['--at-least', 'UB=20', '--budget', '5usd'], '--budget in money needs --price PROMPT,COMPLETION'],
    [['--at-least', 'UB=20', '--budget', 'much'], '--budget takes 500requests'],
    [['--at-least', 'UB=20', '--price', '1'], '--price takes what a million tokens cost'],
    [['--at-least', 'UX=60'], "unknown task 'UX', did you mean"],
    [['--at-least', 'UB=60', '--task', 'UF'], '--task UF: --at-least names UB'],
    [['--at-least', 'UB=60', '--only', 'reversed'], "'reversed'"],
    [['--at-least', 'UB=6000'], 'UB admits lengths 1 to'],
    [['--at-least', 'UR=20', '--only', 'chunk'], 'UR has no chunk; it has place, recite, '],
    [['--at-least', 'UF=60', '--only', 'reverse+chunk'], 'UF has no reverse+chunk; it has number, chunk, '],
    [['--at-least', 'UF=60', '--only', 'reverse'], 'UF has no reverse; it has number, chunk, '],
    [['--at-least', 'NF=6', '--only', 'chunk'], 'sources of 6 are too short to be cut: parts have 4 symbols'],
    [['--at-least', 'UB=6', '--only', 'chunk'], 'reverse+chunk: sources of 6 are too short to be cut'],
    [['--at-least', 'UB=20', '--prompt', 'all'], 'fix asks the task with one prompt'],
    [['--at-least', 'UB=20', '--prompt', 'quoted,arrow'], 'fix asks the task with one prompt'],
    [
      ['--at-least', 'UB=20', '--only', 'twice', '--hand-over', 'reverse'],
      'it is not tried; tried are twice',
    ],
  ])('%j', async (words, line) => {
    const { code, out, said } = await fix(...words);
    expect([code, out]).toEqual([2, '']);
    expect(said).toContain(line);
    expect(said).not.toContain('results go to');
  });
});

it('hands over what is asked for, and leaves nothing of an earlier result behind', async () => {
  const out = folder();
  const words = ['--at-least', 'UB=8', '--n', '40', '--out', out, '--only', 'reverse,both-ways'];
  await fix(...words, '--shots', '2', '--demonstration-length', '3');
  expect(readFileSync(path.join(out, 'prompt.yaml'), 'utf8')).toMatch(/^shots: 2\ndemonstration-length: 3$/m);
  const example = readFileSync(path.join(out, 'example.txt'), 'utf8');
  expect(example.match(/^Input: /gm)).toHaveLength(3);
  const other = await fix(
    ...words,
    '--hand-over',
    'both-ways',
    '--shots',
    '2',
    '--demonstration-length',
    '3',
  );
  expect([other.code, other.said]).toEqual([0, expect.stringContaining('transform.py (both-ways)')]);
  expect(readFileSync(path.join(out, 'fix.html'), 'utf8')).toMatch(/those of\s*<strong>both-ways<\/strong>/);
  expect(
    readdirSync(out)
      .filter((name) => /^(prompt|example)/.test(name))
      .toSorted(),
  ).toEqual(['example-1.txt', 'example-2.txt', 'prompt-1.yaml', 'prompt-2.yaml']);
  const nothing = await fix('--at-least', 'UL=8', '--n', '40', '--out', out, '--only', 'twice');
  expect(nothing.code).toBe(4);
  expect(readFileSync(path.join(out, 'fix.html'), 'utf8')).not.toContain('The files beside this page');
  expect(readdirSync(out).toSorted()).toEqual(['fix.html', 'fix.json', 'questions']);
});

describe('deletes and replaces no file that it did not write:', () => {
  const words = (out: string) => ['--at-least', 'UB=8', '--n', '40', '--out', out, '--only', 'reverse'];
  const text = (out: string, name: string): string => readFileSync(path.join(out, name), 'utf8');

  it('a page, a result or code of the user’s own', async () => {
    for (const name of ['fix.html', 'fix.json', 'transform.py']) {
      const out = folder();
      writeFileSync(path.join(out, name), '{"mine": true}');
      const { code, said } = await fix(...words(out));
      expect([code, said]).toEqual([2, expect.stringContaining(`${name} is not as fix wrote it`)]);
      expect(readdirSync(out)).toEqual([name]);
      expect(text(out, name)).toBe('{"mine": true}');
    }
  });

  it('one that it wrote and the user has changed', async () => {
    const out = folder();
    expect((await fix(...words(out))).code).toBe(0);
    for (const name of ['prompt.yaml', 'fix.html', 'fix.json']) {
      const written = text(out, name);
      for (const changed of [`${written}<!-- mine -->\n`, written.replace(/40/, '41'), `\n${written}`]) {
        if (changed === written) continue;
        writeFileSync(path.join(out, name), changed);
        const { code, said } = await fix(...words(out));
        expect([code, said]).toEqual([2, expect.stringContaining(`${name} is not as fix wrote it`)]);
        expect(text(out, name)).toBe(changed);
      }
      writeFileSync(path.join(out, name), written);
    }
    expect((await fix(...words(out))).code).toBe(0);
  });

  it('one that the user writes while it asks', async () => {
    const out = folder();
    const mine = path.join(out, 'example.txt');
    const writing = await startServer({
      accuracy: (...asked) => {
        if (!existsSync(mine)) writeFileSync(mine, 'mine');
        return accuracy(...asked);
      },
      model: 'test',
    });
    try {
      const { code, said } = await commandHere(['fix', writing.url, '--model', 'test', ...words(out)]);
      expect([code, said]).toEqual([2, expect.stringContaining('example.txt is not as fix wrote it')]);
      expect(said).toContain('give the same command again');
      expect(readdirSync(out).toSorted()).toEqual(['example.txt', 'questions']);
      expect(readFileSync(mine, 'utf8')).toBe('mine');
    } finally {
      await writing.close();
    }
  });

  it('one that it reads', async () => {
    const out = folder();
    expect((await fix(...words(out))).code).toBe(0);
    const prompt = path.join(out, 'prompt.yaml');
    const task = path.join(out, 'mine.yaml');
    const items = 'items: [ash, birch, cedar, elm, fir, hazel, larch, maple, oak, pine, rowan, yew]\n';
    writeFileSync(task, `name: trees\noperation: UL\n${items}prompt: prompt.yaml\n`);
    symlinkSync(out, `${out}-link`);
    for (const asked of [
      [...words(out), '--prompt', prompt],
      [...words(`${out}-link`), '--prompt', prompt],
      ['--at-least', 'trees=8', '--n', '40', '--out', out, '--only', 'place', '--task', task],
      [
        '--at-least',
        'text-copy-backward=4',
        '--n',
        '40',
        '--out',
        out,
        '--text',
        path.join(out, 'example.txt'),
      ],
    ]) {
      const { code, said } = await fix(...asked);
      expect([code, said], asked.join(' ')).toEqual([2, expect.stringContaining('is read by this command')]);
      expect(existsSync(prompt)).toBe(true);
    }
  });
});

it('asks a text model that runs here, by its own tokens', async () => {
  const file = writeTextGguf(path.join(folder(), 'tiny.gguf'));
  const out = folder();
  const words = ['fix', file, '--at-least', 'UL=4', '--n', '6', '--only', 'reverse,both-ways', '--out', out];
  const { code, out: json, said } = await commandHere([...words, '--json']);
  expect([code, said]).toEqual([4, expect.stringContaining('--n 6 is too few')]);
  const { target, plain, mitigations } = JSON.parse(json) as FixResult;
  expect([target, plain.n]).toEqual(['tiny.gguf', 6]);
  expect(mitigations.map(({ name, n, tokens }) => [name, n, tokens !== null])).toEqual([
    ['reverse', 6, true],
    ['both-ways', 6, true],
  ]);
});

it('says what is wrong with a command before a model is loaded', async () => {
  const file = path.join(folder(), 'no-model.gguf');
  writeFileSync(file, 'GGUF and nothing else');
  const words = ['fix', file, '--at-least', 'UL=4', '--out', folder()];
  const { code, said } = await commandHere([...words, '--only', 'chunk']);
  expect([code, said]).toEqual([2, expect.stringContaining('UL has no chunk; it has reverse, ')]);
  const loaded = await commandHere([...words, '--only', 'reverse']);
  expect([loaded.code, loaded.said]).toEqual([2, expect.stringContaining('no-model.gguf')]);
});

it('tells of prompts that do not fit the model’s context', async () => {
  /** A prompt of 20 symbols fits; where the source stands twice it doesn't. */
  const fits = ({ ours, prompt }: Asked): Sent | null =>
    ours && prompt.length > 150 ? error(400, "This model's maximum context length is 120 tokens") : null;
  const small = await startServer({ accuracy, model: 'test', behaviour: { answer: fits } });
  try {
    const words = ['fix', small.url, '--model', 'test', '--at-least', 'UL=20', '--n', '40', '--shots', '2'];
    const out = folder();
    const { code, out: text } = await commandHere([...words, '--only', 'reverse,twice', '--out', out]);
    expect(code).toBe(0);
    expect(text).toMatch(/^Recommended: reverse /m);
    expect(text).toMatch(
      /^WARNING: prompts that do not fit the model’s context, which count as not right: twice of length 20 \((\d+) of \1 samples\)$/m,
    );
    expect(readFileSync(path.join(out, 'fix.html'), 'utf8')).toContain('twice of length 20 (');
    const { plain, mitigations } = JSON.parse(readFileSync(path.join(out, 'fix.json'), 'utf8')) as FixResult;
    const tooLong = [plain, ...mitigations].map(({ lengths }) => lengths.at(-1)?.tooLong);
    expect(tooLong).toEqual([0, 0, mitigations[1].n]);
    expect(mitigations[1].n).toBeGreaterThan(0);
  } finally {
    await small.close();
  }
});

it('has a help of its own, which says nothing that is true of measure alone', async () => {
  const helpOf = (name: string) =>
    runAsync(process.execPath, [path.join(root, 'bin/lengthwise.js'), name, '--help'], {
      cwd: workingDirectory,
    });
  const { out } = await helpOf('fix');
  const help = out.replaceAll(/\s+/g, ' ');
  const usual = `(default: ${FRESH_SAMPLES}; ${FIRST_LOOK} first, the others where these leave it open)`;
  expect(help).toContain(`--n <count> fresh samples a length, at most ${usual}`);
  expect(help).toContain('--at-least <TASK=L> the task, and the horizon that it is to have;');
  expect(help).toContain('--prompt <names> auto, a name, or a file of your own (docs/prompts.md)');
  expect(help).toContain('--json one JSON object (docs/fix.md)');
  expect(help).toContain('--task <file> a task of your own (docs/prompts.md), which --at-least names');
  expect(help).not.toMatch(/recorded outputs|in a search|docs\/measure\.md|UR,UL|the task[^-]*repeatable/i);
  const { out: measure } = await helpOf('measure');
  expect(measure.replaceAll(/\s+/g, ' ')).toContain(
    'samples a length (default: 100; in a search 300 at most)',
  );
});

it('a preview asks nothing', async () => {
  const before = server.seen.requests;
  const { code, out } = await fix('--at-least', 'UB=20', '--preview', '--json');
  expect([code, server.seen.requests]).toEqual([0, before]);
  expect(JSON.parse(out)).toEqual({ preview: { questions: expect.any(Number) as number } });
});

it('a preview counts the questions of a pilot', async () => {
  const words = ['--at-least', 'UL=20', '--only', 'reverse', '--n', '40', '--prompt', 'auto', '--json'];
  const most = async (...more: string[]): Promise<number> => {
    const { out } = await fix(...words, ...more, '--preview');
    return (JSON.parse(out) as { preview: { questions: number } }).preview.questions;
  };
  const preview = await most();
  // Four prompts, both tasks, 16 samples each, and one of each with the prompt that is chosen.
  expect(preview - (await most('--prompt', 'paper'))).toBe(4 * 2 * 16 + 2);
  const before = server.seen.answered.length;
  expect((await fix(...words, '--out', folder())).code).toBe(0);
  const answered = server.seen.answered.length - before;
  expect(answered).toBeGreaterThan(20 + 2 * 3 * 40);
  expect(answered).toBeLessThanOrEqual(preview + PROBE_MOST.requests);
});

it('a pilot chooses the prompt, for the task and for what is asked instead', async () => {
  const { code, said, out } = await fix(
    '--at-least',
    'UB=8',
    '--n',
    '40',
    '--only',
    'reverse',
    '--prompt',
    'auto',
    '--json',
  );
  expect([code, said]).toEqual([0, expect.stringMatching(/UB\+UF: .*prompt/)]);
  expect((JSON.parse(out) as FixResult).recommended).toBe('reverse');
});

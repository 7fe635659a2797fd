import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PlannedItem } from '../item.ts';
import { planStudy } from '../plan.ts';
import { parseStudy, readStudyFile, StudyFileError } from './study-file.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'respondents-'));
const FILE = path.join(folder, 'study.yaml');
const TABLE = path.join(folder, 'table.csv');
const PROMPT = path.join(folder, 'mine.yaml');
const PROMPT_TEXT = `demonstration: "{source} ? {query} = {answer}"
question: "{source} ? {query} ="
between: "\\n"
symbols: " "
stop: ["\\n"]
shots: 2
demonstration-length: 4
`;

beforeAll(() => {
  writeFileSync(TABLE, 'key,word\nA,oak\nB,elm\nC,ash\nD,fir\n');
  writeFileSync(PROMPT, PROMPT_TEXT);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

function mistakesIn(text: string): string[] {
  try {
    parseStudy(text, FILE);
    return [];
  } catch (error) {
    if (!(error instanceof StudyFileError)) throw error;
    return error.mistakes.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  }
}

/** A study with one respondent that has these fields beside the least that it needs. */
function asking(fields: string, rest = 'tasks: [UR]'): string {
  const least = 'endpoint: "http://127.0.0.1:8000/v1", model: m';
  return `name: asks\n${rest}\nrespondents:\n  - { ${least}${fields === '' ? '' : `, ${fields}`} }\n`;
}

type Ask = Extract<PlannedItem, { kind: 'ask' }>;

function askedIn(text: string): Ask[] {
  return planStudy(parseStudy(text, FILE)).filter((item) => item.kind === 'ask');
}

describe('respondents in a study file', () => {
  it('need an address and a model; lengths are searched for where the study has none', () => {
    const [item] = askedIn(asking(''));
    expect(item).toMatchObject({ task: 'UR', model: 'm', seed: null, needs: [] });
    expect(item.spec).toMatchObject({ lengths: null, n: 300, maxLength: 320, threshold: 0.9, api: null });
    expect(item.means).toMatchObject({ concurrency: 64, timeoutMs: 120_000, maxRetries: 6, limits: {} });
  });

  it('take lengths, n, seed and threshold from the study and its tasks, unless they say otherwise', () => {
    const rest = `tasks: [{ task: UR, measure: { n: 7 } }]
measure: { lengths: [20, 10], n: 50, seed: 5, threshold: 0.8 }`;
    expect(askedIn(asking('', rest))[0].spec).toMatchObject({
      ...{ lengths: [10, 20], n: 7, seed: 5, threshold: 0.8, maxLength: null },
    });
    const own = 'lengths: "6,8", n: 9, seed: 2, threshold: 0.5';
    expect(askedIn(asking(own, rest))[0].spec).toMatchObject({
      ...{ lengths: [6, 8], n: 9, seed: 2, threshold: 0.5 },
    });
    expect(askedIn(asking('lengths: adaptive, max-length: 64', rest))[0].spec).toMatchObject({
      ...{ lengths: null, n: 300, maxLength: 64 },
    });
  });

  it('know the words of the command, and read files beside the study file', () => {
    const [item] = askedIn(
      asking(
        `api: chat, prompt: mine.yaml, shots: 3, demonstration-length: same, separator: false, decide: generation,
        repeat: 2, temperature: 0.5, body: { top_k: 1, stop: [a, { b: null }] }, headers: { X-Team: "env:TEAM" },
        price: "0.15,0.6", budget: "500requests,5usd", concurrency: 3, timeout: 9.5, max-retries: 0, csv: table.csv`,
        'tasks: [table-lookup-after]\nmeasure: { lengths: [3] }',
      ),
    );
    expect(item.spec).toMatchObject({
      ...{ api: 'chat', repeats: 2, temperature: 0.5, decide: 'generation' },
      rendering: { shots: 3, demonstrationLength: 'same', separator: false },
      body: { top_k: 1, stop: ['a', { b: null }] },
      tasks: [{ task: 'table-lookup-after', prompts: { chat: { name: 'mine', shots: 2 } } }],
    });
    expect(item.spec.tasks[0].material).toMatch(/^[0-9a-f]{64}$/);
    expect(item.means).toMatchObject({
      headers: ['X-Team: env:TEAM'],
      prices: { prompt: 0.15, completion: 0.6 },
      limits: { requests: 500, money: 5 },
      ...{ concurrency: 3, timeoutMs: 9500, maxRetries: 0, files: { csv: TABLE } },
      most: { requests: 2 * 200 + 21 }, // with those that find out what the server can do
    });
  });

  it('are named by all that determines their answers, and by nothing else', () => {
    const rest = 'tasks: [UR]\nmeasure: { lengths: [10] }';
    const hash = (fields: string, tasks = rest): string => askedIn(asking(fields, tasks))[0].hash;
    const usual = hash('');
    expect(askedIn(asking('', rest).replace('/v1', '/v1/'))[0].hash).toBe(usual);
    for (const same of [
      ...[
        'name: other',
        'concurrency: 2',
        'timeout: 5',
        'max-retries: 0',
        'budget: 5requests',
        'price: "1,2"',
      ],
      ...['headers: { X-Key: "env:KEY" }', 'temperature: 0', 'prompt: "pair,turns"', 'csv: table.csv'],
    ])
      expect(hash(same), same).toBe(usual);
    const others = [
      ...[
        'api: chat',
        'prompt: simple-rule',
        'shots: 2',
        'separator: false',
        'decide: likelihood',
        'repeat: 2',
      ],
      ...['temperature: 1', 'body: { top_k: 1 }', 'lengths: [11]', 'n: 3', 'seed: 9', 'threshold: 0.5'],
    ].map((fields) => hash(fields));
    expect(new Set([usual, ...others]).size).toBe(others.length + 1);
    expect(hash('', rest.replace('UR', '{ task: UR, alphabet: lower:20 }'))).not.toBe(usual);

    const own = hash('prompt: mine.yaml');
    writeFileSync(PROMPT, PROMPT_TEXT.replace('shots: 2', 'shots: 1'));
    expect(hash('prompt: mine.yaml')).not.toBe(own);
    writeFileSync(PROMPT, PROMPT_TEXT);
    expect(hash('prompt: mine.yaml')).toBe(own);
  });

  it('name five mistakes at once, each with its place', () => {
    expect(
      mistakesIn(`name: five
tasks: [UR, git-revrt, { task: UF, measure: { lengths: [900] } }]
measure: { lengths: [10] }
respondents:
  - { endpoint: "127.0.0.1:8000", model: m }
  - { endpoint: "http://127.0.0.1/v1", modle: m }
  - endpoint: "http://127.0.0.1/v1"
    model: n
    api: chats
    prompt: simple-rul
    headers: { Authorization: "Bearer sk-abcdefghijklmnopqrstuvwxyz" }
`),
    ).toEqual([
      expect.stringMatching(/^2:13: unknown task 'git-revrt', did you mean 'git-revert'\?/),
      expect.stringMatching(/^2:\d+: UF admits lengths 1 to \d+ as m is asked about it, not 900/),
      expect.stringMatching(/^2:\d+: UF admits lengths 1 to \d+ as n is asked about it, not 900/),
      expect.stringMatching(/^5:17: 'endpoint' takes an address/),
      expect.stringMatching(/^6:40: a respondent: unknown key 'modle', did you mean 'model'\?/),
      expect.stringMatching(/^9:10: unknown api 'chats', did you mean 'chat'\?/),
      expect.stringMatching(/^10:13: unknown prompt 'simple-rul', did you mean 'simple-rule'\?/),
      expect.stringMatching(/^11:31: the header 'Authorization' is given as env:VARIABLE/),
    ]);
  });

  it.each([
    ['endpoint: 5', 'Map keys must be unique'],
    ['lengths: adaptiv', "'lengths' is a whole number"],
    ['max-length: 1', "UR admits no length below 2: 'max-length' is 1"],
    ['max-length: 30, lengths: [5]', "'max-length' bounds a search"],
    ['decide: likelihood, temperature: 1', 'at temperature 0'],
    ['budget: 5usd', "needs 'price'"],
    ['budget: plenty', "'budget' takes 500requests"],
    ['price: cheap', "'price' takes what a million"],
    ['prompt: obey', "the prompt 'obey' is for none of the study's tasks"],
    ['prompt: none.yaml', 'cannot read the prompt'],
    ['csv: none.csv', 'cannot read'],
    ['body: [1]', "'body' is a mapping"],
    ['body: { api_key: abc }', 'looks like a secret'],
    ['body: { extra: { list: [sk-abcdefghijklmnopqrstuvwxyz] } }', 'looks like a secret'],
    ['headers: { "X Y": "env:A" }', "can't be the name of a header"],
    ['concurrency: 0', 'from 1 to 4096'],
    ['timeout: 0', 'a number above 0'],
    ['shots: -1', 'from 0'],
    ['demonstration-length: all', 'a whole number'],
  ])('refuse %s', (fields, message) => {
    expect(mistakesIn(asking(fields)).join('\n')).toContain(message);
  });

  it('are refused with secrets in them, which are not repeated', () => {
    const said = [
      ...mistakesIn(asking('headers: { X: "very-secret-1234" }')),
      ...mistakesIn(asking('body: { token: very-secret-1234 }')),
      ...mistakesIn(asking('').replace('http://', 'http://me:very-secret-1234@')),
    ];
    expect(said).toHaveLength(3);
    expect(said.join()).not.toContain('very-secret');
    vi.stubEnv('LENGTHWISE_API_KEY', 'very-secret-1234');
    expect(mistakesIn(`# very-secret-1234\n${asking('')}`)).toEqual([
      expect.stringMatching(/^1:3: here stands what LENGTHWISE_API_KEY holds/),
    ]);
  });

  it.each([
    ['name: a\ntasks: [UR]\n', "no 'models' and no 'respondents'"],
    [
      'name: a\ntasks: [git-revert]\nmodels: [ape]\nmeasure: { lengths: [5] }\n',
      'no model can be trained for git-revert',
    ],
    [asking('', 'tasks: [UR]\nmodels: [ape]'), "a study has no 'measure'"],
    [asking('', 'tasks: [UR]\nmodels: [ape]\nmeasure: { n: 5 }'), "measure has no 'lengths'"],
    [asking('', 'tasks: [UR]\nmodels: [ape]\nmeasure: { lengths: adaptive }'), 'measured at given lengths'],
    [
      asking(
        '',
        'tasks: [{ task: UR, measure: { lengths: adaptive } }]\nmodels: [ape]\nmeasure: { lengths: [5] }',
      ),
      "2:9: 'lengths: adaptive' is for respondents",
    ],
    [
      asking('name: ape', 'tasks: [UR]\nmodels: [ape]\nmeasure: { lengths: [5] }'),
      "there are two models 'ape'",
    ],
    [asking('', 'tasks: [{ task: text-copy, pool: 5 }]'), "text-copy has no use for the option 'pool'"],
    [asking('', 'tasks: [{ task: text-copy, train: { steps: 5 } }]'), "leave its 'train' away"],
    [asking('', 'tasks: [none.yaml]'), 'cannot read'],
    [
      asking('', 'tasks: [table-lookup]\nmeasure: { lengths: [9] }').replace(
        'model: m',
        'model: m, csv: table.csv',
      ),
      'admits lengths 3 to 4',
    ],
  ])('and the rest of the file go together: %s', (text, message) => {
    expect(mistakesIn(text).join('\n')).toContain(message);
  });

  it('stand in an example that is right', () => {
    const file = path.resolve(import.meta.dirname, '../../../examples/respondents.yaml');
    const plan = planStudy(readStudyFile(file).spec);
    expect(plan.filter(({ kind }) => kind === 'ask')).toHaveLength(12);
  });

  it('are asked in each of several ways, and about some of the tasks', () => {
    const text = asking(
      'name: x, tasks: [UR], separator: false, each: { prompt: [paper, math-rule], demonstration-length: [5, same] }',
      'tasks: [UR, UF]\nmeasure: { lengths: [5] }',
    );
    const asks = askedIn(text);
    expect(asks.map(({ task, model }) => `${task} ${model}`)).toEqual([
      'UR x (paper, length 5)',
      'UR x (paper, same length)',
      'UR x (math-rule, length 5)',
      'UR x (math-rule, same length)',
    ]);
    expect(asks[3].spec).toMatchObject({
      rendering: { separator: false, demonstrationLength: 'same' },
      tasks: [{ prompts: { completions: { name: 'math-rule' } } }],
    });
    expect(mistakesIn(asking('tasks: [UFF]', 'tasks: [UF]')).join()).toContain(
      "unknown task of this study 'UFF', did you mean 'UF'?",
    );
    expect(mistakesIn(asking('each: { promt: [paper] }')).join()).toContain("did you mean 'prompt'?");
    expect(mistakesIn(asking('prompt: paper, each: { prompt: [math-rule] }')).join()).toContain('two things');
  });

  it('are the paper’s grid in an example: 20 templates, copies, lines, and a chat model', () => {
    const file = path.resolve(import.meta.dirname, '../../../examples/born-a-transformer-icl.yaml');
    const { spec, text } = readStudyFile(file);
    const asks = planStudy(spec).filter((item): item is Ask => item.kind === 'ask');
    const templates = asks.filter(({ task, model }) => task === 'UL' && model?.startsWith('base'));
    expect(new Set(templates.map(({ hash }) => hash)).size).toBe(20);
    expect(asks).toHaveLength(20 * 6 + 3 * 4 + 4 + 2 * 14);
    const sum = (of: 'requests' | 'tokens'): number =>
      asks.reduce((total, { means }) => total + (means?.most[of] ?? 0), 0);
    expect(text).toContain(`${sum('requests').toLocaleString('en')} requests`);
    expect(text).toContain(`${Math.round(sum('tokens') / 1e6)} million tokens`);
  });

  it('are asked what models are trained for, and what they can’t be', () => {
    const text = asking(
      '',
      'tasks: [UR, table-lookup, git-revert]\nmodels: [nope]\nmeasure: { lengths: [5] }',
    );
    const plan = planStudy(parseStudy(text, FILE)).map(({ kind, task, model, spec }) =>
      [kind, task, model ?? ('fragment' in spec ? `${spec.task} ${spec.fragment}` : '')].join(' '),
    );
    expect(plan).toEqual([
      ...['predict UR UR plain', 'predict UR UR pos', 'train UR nope', 'measure UR nope', 'ask UR m'],
      ...['after', 'before', 'first', 'last'].map((which) => `ask table-lookup-${which} m`),
      ...['predict git-revert UF pos', 'ask git-revert m'],
    ]);
  });
});

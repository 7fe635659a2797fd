/**
 * What users of the neighbouring tools complain about, and the tests here that would fail if it happened to us. Each
 * thread is named as its repository's owner does; this file only sees to it that the tests are still there.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

type Guard = readonly [file: string, test: string];

const complaints: readonly (readonly [complaint: string, ...guards: Guard[]])[] = [
  [
    'exact() compares sets of words without order (inspect_ai 4618, 4619; lighteval 1329)',
    [
      'src/score/alignment/align.test.ts',
      'is 1 for the same and less for anything else, the reverse included',
    ],
    ['src/score/alignment/align.test.ts', 'falls with every further foreign symbol'],
  ],
  [
    'one dropped or leading space marks a perfect copy wrong (jwbron/egg 3595; oellm-eval 112)',
    [
      'src/score/score.test.ts',
      'one dropped blank costs little, a reversed copy a lot, and neither is right',
    ],
  ],
  [
    'judges score wording, not retrieval (needle-in-a-haystack 39)',
    ['src/score/score.test.ts', 'counts what stands after the answer without counting it as answer'],
  ],
  [
    'a missing or doubled BOS costs points and nobody says so (tt-metal 48444; lm-evaluation-harness 1101)',
    ['test/cli/measure-probe.test.ts', 'how a prompt begins: %s'],
    [
      'test/cli/measure-probe.test.ts',
      'a prompt whose own beginning is read as the mark: refused before the first question, with the way out',
    ],
    ['src/measure/store/store.test.ts', 'keeps rows as they are, token ids and all'],
  ],
  [
    'silent truncation is read as a score of zero (marin 2064; LongBench 25; helm 741)',
    ['test/cli/measure-probe.test.ts', 'prompts that the server cuts silently are a column, not a score'],
  ],
  [
    'generators hang at some lengths, or take minutes a run (lm-evaluation-harness 2963; tt-inference-server 706)',
    ['src/tasks/tasks.test.ts', '$name admits its shortest length and every longer one up to its longest'],
    ['src/tasks/tasks.test.ts', 'are pure: the same stream gives the same instance'],
  ],
  [
    'published numbers can’t be reproduced (RULER 36, 53, 54, 80, 100)',
    ['test/cli/measure-endpoint.test.ts', 'keeps every row whole'],
    ['test/cli/replay.test.ts', 'fields of other names, and rows of our own'],
  ],
  [
    'no statistics (promptfoo 10325, 1932; lm-evaluation-harness 2089)',
    ['src/score/statistics/statistics.test.ts', 'McNemar %d against %d as in statsmodels'],
    [
      'src/score/statistics/bounded.test.ts',
      'is never narrower than the exact one where all are right or wrong',
    ],
  ],
  [
    '--repeat returns cached answers (promptfoo 5947)',
    ['test/cli/measure-endpoint.test.ts', 'every repeat is really asked'],
  ],
  [
    'big runs crash the store (promptfoo 1419, 2507, 7716; inspect_ai 1375, 2249)',
    [
      'test/server/stress.slow.test.ts',
      '20,000 requests, a tenth of them faulty: every item is answered exactly once, in flat memory',
    ],
    ['test/server/stress.slow.test.ts', 'does not grow with what was asked'],
  ],
  [
    'rate limits crash, or retries can’t be ended (promptfoo 1970, 7727; inspect_scout 495)',
    ['test/cli/measure-faults.test.ts', 'never asks more than the server advertises: %s'],
    ['test/cli/measure-faults.test.ts', '--max-retries 0 asks once and lists what failed with its reason'],
    ['test/cli/measure-faults.test.ts', 'a budget in %s is never exceeded'],
    ['src/respond/endpoint/pace/limiter.test.ts', 'is never exceeded, in whatever order replies come'],
  ],
  [
    'chat gives no log-probabilities of the prompt, so tasks can’t run (lm-evaluation-harness 1662, 2326, 3275)',
    ['test/cli/measure-probe.test.ts', 'echo is ignored silently'],
    [
      'test/cli/measure-endpoint.test.ts',
      'likelihood by %s gives the scores of generation, with one request for a right answer',
    ],
  ],
  [
    'one question that fails three times ends the run and nothing is written; 5xx become error rows',
    ['test/cli/measure-faults.test.ts', '%s: asked again until it is answered, exactly once'],
    ['test/cli/measure-faults.test.ts', 'every question is listed as failed, once asked'],
  ],
  [
    'servers differ: lists of prompts are a 500, max_tokens 0 has no limit, two formats of log-probabilities',
    ['test/cli/measure-probe.test.ts', 'a list of prompts is a 500'],
    ['test/cli/measure-probe.test.ts', 'the other format of log-probabilities'],
    ['test/cli/measure-probe.test.ts', 'no limit at all, on some servers'],
  ],
  [
    'logits differ from Hugging Face’s (TransformerLens 693, 496, 683, 685)',
    ['src/model/files/folder.test.ts', 'gives transformers’ logits to 5e-5 of the largest'],
  ],
  [
    'interventions that silently do nothing (nnsight 502; TransformerLens 1527)',
    ['src/model/sites/interventions.test.ts', 'putting its own values in is an error'],
  ],
  [
    'training is not reproducible (nanochat 541)',
    ['src/train/run/train.test.ts', 'gives the same weights and curve whether it is interrupted or not'],
  ],
  [
    'C-RASP tools: precedence, off-by-one positions, going on after errors',
    ['src/crasp/language.test.ts', 'precedence'],
    ['test/cli/crasp.test.ts', 'prints the errors of a broken program and answers nothing'],
  ],
];

for (const [complaint, ...guards] of complaints) {
  describe(complaint, () => {
    it.each(guards)('%s: %s', (file, name) => {
      expect(readFileSync(path.join(ROOT, file), 'utf8')).toContain(name);
    });
  });
}

// An assertion of promptfoo that scores as lengthwise does: scoring/ beside this file is lengthwise's own.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scoreOutput } from './scoring/score/score.js';

const samples = new Map(
  readFileSync(path.join(import.meta.dirname, 'samples.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .map((sample) => [sample.id, sample]),
);

/** What is known of a reply of which only the text is. */
const NOTHING_ELSE = {
  thoughts: null,
  refusal: null,
  finishReason: null,
  promptTokens: null,
  completionTokens: null,
  tokenLimit: null,
  promptIds: null,
  outputIds: null,
  latencyMs: null,
  attempts: 1,
  error: null,
  failure: null,
};

export default function score(output, { vars }) {
  const row = samples.get(vars.id);
  const { source, query, answer, positions, task, length } = row;
  const instance = { task, length, source, query, answer, positions };
  const sample = { operation: row.operation, family: row.family, instance };
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  const prompt = row.system === null ? row.prompt : `${row.system}\n\n${row.prompt}`;
  const scored = scoreOutput(
    sample,
    { answer, text: row.target, prompt },
    { ...NOTHING_ELSE, text },
    row.reading,
  );
  return {
    pass: scored.right,
    score: Number(scored.right),
    reason: scored.right
      ? 'right'
      : `${scored.error ?? scored.outcome}: read ${JSON.stringify(scored.answer)}, expected ${JSON.stringify(row.target)}`,
    namedScores: { right: Number(scored.right), exact: Number(scored.exact) },
  };
}

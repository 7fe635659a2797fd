import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import { askableNamed, askableNames } from '../../prompt/askable.ts';
import { promptFor, usualPrompt } from '../../prompt/files.node.ts';
import { chatMessages, renderPrompt } from '../../prompt/render.ts';
import { textOutput } from '../../score/output.ts';
import type { Output } from '../../score/output.ts';
import { SCORING } from '../../score/reading/hash.ts';
import type { StoredRow } from '../store/row-store.ts';
import { recordedTask } from './recorded-task.ts';
import { promptedTask, scoredAgain, scoredNow, scoreRow } from './scoring.ts';

function rowOf(task: string, length: number, output: Output): StoredRow {
  const { source, query, answer } = askableNamed(task).instance({ length, seed: 1, index: 0 });
  return {
    ...{ key: '', task, length, index: 0, repeat: 0, source, query, answer },
    ...{ prompt: '', system: null, way: '', output, score: null, scoring: '' },
  };
}

function taskOf(name: string) {
  const task = askableNamed(name);
  return promptedTask(task, usualPrompt(task.shape, 'completions'));
}

/** Outputs as models write them: right, wrong in every way that has a name, wrapped, cut, and none. */
function outputsTo(answer: readonly string[], joiner: string): Output[] {
  const text = (symbols: readonly string[]): string => symbols.join(joiner);
  const right = text(answer);
  const [, ...rest] = answer;
  return [
    ...[right, ` ${right}\n`, `${right}\r\n`, `**${right}**`, `\`\`\`\n${right}\n\`\`\``, `"${right}"`],
    ...[`<think>no</think><response>${right}</response>`, `<longcat_think>no</longcat_think>${right}`],
    ...[`<think>no</think><response>${right}</response> and so on`, `<|begin_of_box|>${right}<|end_of_box|>`],
    ...[`<pad> ${right}</s>`, `${right}<pad><pad>`],
    ...[`<think>no</think>${right}`, `<think>${right}`, `The answer is ${right}.`, `${right}\n\n${right}`],
    ...[text([...answer, ...answer]), text([...answer, 'x']), text(['x', ...rest]), text(rest)],
    ...[text(answer.toReversed()), text(answer.slice(0, -1)), right.toUpperCase(), 'x', ' ', ''],
  ]
    .map((said) => textOutput(said))
    .concat([
      textOutput(right, { finishReason: 'length' }),
      textOutput('x', { finishReason: 'length' }),
      textOutput('x', { completionTokens: 5, tokenLimit: 5 }),
      textOutput('', { finishReason: 'content_filter' }),
      textOutput('', { refusal: 'I can’t.' }),
      textOutput('', { text: null, error: 'status 500', failure: 'server' }),
    ]);
}

describe('the version of the scoring', () => {
  it('goes up with every change after which an output has another score', () => {
    const scores = askableNames()
      .filter((name) => !/^(git|text|table)-/.test(name))
      .flatMap((name) => {
        const { answer } = askableNamed(name).instance({ length: 8, seed: 1, index: 0 });
        return outputsTo(answer, ' ').map((output) => scoreRow(rowOf(name, 8, output), taskOf(name)).score);
      });
    // Another hash: other scores. Count SCORING up, then write both here.
    expect([SCORING, sha256(canonicalJson(scores)).slice(0, 16)]).toEqual([11, '1039c248ef2a0439']);
  });

  it('the same of an output that has just come, with what is known of its question, as of a stored one', () => {
    for (const name of askableNames()) {
      const asked = askableNamed(name);
      const template = usualPrompt(asked.shape, 'completions');
      const { prompt, instance } = renderPrompt(asked, template, { length: 8, seed: 1, index: 0 });
      for (const output of outputsTo(instance.answer, template.symbols)) {
        const row = rowOf(name, 8, output);
        const known = { instance, reading: prompt.reading };
        expect(scoreRow(row, taskOf(name), known)).toEqual(scoreRow(row, taskOf(name)));
      }
    }
  });

  it('is the same in whatever order answers come: a prompt out of a cache counts one token', () => {
    const prompt = Array.from({ length: 200 }, (_, i) => 'abcdefgh'[i % 8]).join(' ');
    const counts = [200, 1, 4, 200, 60, 1, 200, 0, 30];
    const rows = counts.map((promptTokens, index) => ({
      ...rowOf('UR', 8, textOutput('x', { promptTokens })),
      ...{ prompt, index },
    }));
    const outcomesOf = (ordered: readonly StoredRow[]): unknown[] => {
      const scored = ordered.map((row) => [row.index, scoreRow(row, taskOf('UR')).score.outcome] as const);
      return scored.toSorted(([a], [b]) => a - b).map(([, outcome]) => outcome);
    };
    const right = counts.map((tokens) => (tokens === 60 ? 'truncated' : 'wrong'));
    for (let from = 0; from < rows.length; from++) {
      const turned = [...rows.slice(from), ...rows.slice(0, from)];
      expect([outcomesOf(turned), outcomesOf(turned.toReversed())]).toEqual([right, right]);
    }
  });

  it.each([
    ['UF', 'turns'],
    ['UB', 'turns'],
    ['NF', 'instruct'],
    ['UR', 'turns'],
    ['NLFirst', 'instruct'],
  ])('decides nothing by estimates of the messages’ tokens: %s asked by %s', (name, prompt) => {
    const asked = askableNamed(name);
    const template = promptFor(asked.shape, [prompt], false, 'chat');
    const outcomeOf = (length: number, tokensOf: (text: string) => number): string => {
      const rendered = renderPrompt(asked, template, { length, seed: 1, index: 0 });
      const messages = chatMessages(rendered.prompt).map(({ content }) => content);
      const row = {
        ...rowOf(name, length, textOutput('wrong', { promptTokens: tokensOf(messages.join('\n')) })),
        ...{ prompt: rendered.prompt.text, system: rendered.prompt.system },
      };
      return scoreRow(row, promptedTask(asked, template)).score.outcome;
    };
    const { max } = asked.admits();
    for (const length of [5, 6, 10, 20, 40, 60, 100, 200, 400].filter((each) => each <= max)) {
      expect(outcomeOf(length, (text) => Math.floor(text.length / 4))).toBe('wrong');
    }
    expect(outcomeOf(Math.min(max, 200), () => 52)).toBe('truncated');
  });

  it('names what a stored score means: those of version 2 are worked out again from the output', () => {
    const task = taskOf('UF');
    const { answer } = askableNamed('UF').instance({ length: 8, seed: 1, index: 0 });
    const row = rowOf('UF', 8, textOutput(` ${[...answer, 'x'].join(' ')}`));
    const { score, scoring } = scoreRow(row, task);
    // Version 2 placed what came after a whole answer at its end.
    const stored = { ...row, score: { ...score, firstError: 1 }, scoring: scoring.replace(/^\d+ /, '2 ') };
    expect(scoredNow(stored, task)).toMatchObject({ score: { firstError: null }, scoring });
    expect(scoredNow({ ...stored, scoring }, task).score.firstError).toBe(1);
    expect(scoredAgain({ ...stored, scoring }, task).score.firstError).toBe(null);
  });
});

describe('the filter list of recorded outputs', () => {
  const blanks = { joiner: ' ', lead: '', trail: '' };
  const task = recordedTask({ operation: 'UB', family: 'copying' }, { ...blanks, isList: true });
  const filtersOf = (scoring: string): readonly string[] =>
    task.readingFor({ answer: [], output: textOutput(''), scoring }).filters;

  it('is told from the name of a row’s scoring, of older rows with commas, too', () => {
    const other = recordedTask({ operation: 'UB', family: 'copying' }, blanks);
    const named = [task, other].map(({ readingName }) => readingName({ scoring: '' }));
    expect(named.map((name) => filtersOf(`7 ${name}`).includes('list'))).toEqual([true, false]);
    expect(filtersOf('6 recording 3 ", "')).toContain('list');
    expect(filtersOf('6 recording 3 " "')).not.toContain('list');
  });
});

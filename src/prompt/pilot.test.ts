import { describe, expect, it } from 'vitest';
import { rng } from '../common/random.ts';
import { askables } from './askable.ts';
import { candidatePrompts } from './files.node.ts';
import {
  mostPilotQuestions,
  PILOT_QUESTIONS,
  pilotDraws,
  pilotFamilies,
  pilotLine,
  runPilot,
  type AskPilot,
} from './pilot.ts';
import { chosenText } from '../score/tables/chosen-text.ts';

const [copies] = pilotFamilies(askables(['UF', 'UB']));
const copying = candidatePrompts('copying', 'completions');
const later = { seed: 1, n: 300 };

/** Answers rightly with the accuracy of the prompt and the task (`arrow UF`), else of the prompt, else never. */
function model(accuracies: Readonly<Record<string, number>>, seed = 1) {
  const asked: string[] = [];
  const ask: AskPilot = (task, { name }, draws) => {
    const accuracy = accuracies[`${name} ${task.name}`] ?? accuracies[name] ?? 0;
    return Promise.resolve(
      draws.map(({ index }) => {
        asked.push(name);
        return rng('model', seed, name, task.name, index).float() < accuracy;
      }),
    );
  };
  return { ask, asked };
}

describe('families', () => {
  it('hold what is compared with each other', () => {
    const names = pilotFamilies(askables(undefined)).map(({ name }) => name);
    expect(names).toEqual([
      'UL+UR+NLFirst+NRFirst+NLLast+NRLast',
      'UF+UB',
      'NF+NB',
      'flip-flop',
      'git-revert+git-cherrypick',
      'text-copy+text-copy-backward',
      'table-lookup-after+table-lookup-before+table-lookup-first+table-lookup-last',
    ]);
  });
});

describe('the pilot’s samples', () => {
  it('are none of those that are asked later, and none twice', () => {
    const [lookUps] = pilotFamilies(askables(['UR', 'UL'], { options: { alphabet: ['a', 'b', 'c', 'd'] } }));
    for (const family of [copies, lookUps]) {
      const draws = pilotDraws(family, later);
      expect(draws).toHaveLength(PILOT_QUESTIONS);
      for (const task of family.tasks) {
        const keyOf = (draw: (typeof draws)[number]): string => {
          const { source, query } = task.instance(draw);
          return JSON.stringify([source, query]);
        };
        const own = draws.map(keyOf);
        expect(new Set(own).size).toBe(PILOT_QUESTIONS);
        for (let index = 0; index < later.n; index++)
          expect(own).not.toContain(keyOf({ length: draws[0].length, seed: later.seed, index }));
      }
    }
  });

  it('are there where no others exist', () => {
    const [few] = pilotFamilies(askables(['NF'], { options: { alphabet: ['a', 'b'], pool: 1 } }));
    expect(pilotDraws(few, later)).toHaveLength(PILOT_QUESTIONS);
  });
});

describe('the choice', () => {
  it('is what elicits most, for all tasks of the family together', async () => {
    const { ask } = model({ arrow: 0.1, 'input-output UF': 0.9, quoted: 0.1 });
    const choice = await runPilot(copies, copying, pilotDraws(copies, later), ask);
    expect(choice).toMatchObject({ family: 'UF+UB', chosen: 'input-output', elicits: true });
    expect(choice.scores).toHaveLength(copying.length * 2);
    const line = pilotLine(choice);
    expect(line).toMatch(
      /^UF\+UB: elicited by 'input-output', the best of 3 prompts in a pilot \(arrow \d+ of/,
    );
  });

  it('goes to the cheaper of two that are level', async () => {
    const { ask } = model({ arrow: 1, 'input-output': 1, quoted: 1 });
    const choice = await runPilot(copies, copying, pilotDraws(copies, later), ask);
    expect(choice.chosen).toBe('arrow');
    expect(choice.scores.every(({ right, n }) => right === PILOT_QUESTIONS && n === PILOT_QUESTIONS)).toBe(
      true,
    );
  });

  it('leaves out what is clearly worse, and asks no more than it said', async () => {
    const { ask, asked } = model({ quoted: 1 });
    const choice = await runPilot(copies, copying, pilotDraws(copies, later), ask);
    expect(choice.chosen).toBe('quoted');
    expect(asked.filter((name) => name === 'arrow')).toHaveLength(8); // a round of two tasks, 8 : 0
    expect(asked.length).toBeLessThanOrEqual(mostPilotQuestions(copies, copying.length));
  });

  it('says so where nothing elicits anything', async () => {
    const { ask } = model({});
    const choice = await runPilot(copies, copying, pilotDraws(copies, later), ask);
    expect(choice).toMatchObject({ chosen: 'arrow', elicits: false });
    expect(pilotLine(choice)).toMatch(/^UF\+UB: no prompt tried in a pilot elicits this/);
  });

  it('does not take guessing for an ability', async () => {
    const [lookUps] = pilotFamilies(askables(['UR', 'UL']));
    const prompts = candidatePrompts('retrieval', 'completions');
    const { ask } = model(Object.fromEntries(prompts.map(({ name }) => [name, 0.09])), 3);
    const choice = await runPilot(lookUps, prompts, pilotDraws(lookUps, later), ask);
    expect(choice.elicits).toBe(false);
  });

  it('takes no question where there is nothing to choose, and no fifth prompt', async () => {
    const { ask, asked } = model({});
    const [one] = copying;
    expect(await runPilot(copies, [one], [], ask)).toMatchObject({
      chosen: 'arrow',
      elicits: true,
      scores: [],
    });
    expect(asked).toEqual([]);
    await expect(runPilot(copies, [one, one, one, one, one], [], ask)).rejects.toThrow('1 to 4 prompts');
  });

  it('hardly ever falls on a prompt that is 40 points worse', async () => {
    let bad = 0;
    const draws = pilotDraws(copies, later);
    for (let seed = 0; seed < 200; seed++) {
      const { ask } = model({ arrow: 0.3, 'input-output': 0.7, quoted: 0.3 }, seed);
      bad += Number((await runPilot(copies, copying, draws, ask)).chosen !== 'input-output');
    }
    expect(bad).toBeLessThanOrEqual(4);
  });
});

describe('why a prompt was chosen', () => {
  const scores = (...right: readonly number[]) =>
    right.map((of, i) => ({ prompt: `p${i}`, task: 'UR', n: 16, right: of }));
  it.each([
    [scores(16, 3, 2), 'the best of 3 prompts'],
    [scores(16, 16, 16), 'the first of 3 prompts that are level,'],
    [scores(16, 16, 2), 'the first of 2 prompts that are level, of 3,'],
  ])('%j: %s', (of, text) => {
    expect(chosenText({ chosen: 'p0', scores: of })).toBe(text);
  });
});

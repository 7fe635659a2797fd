/** Verdicts about tasks. The task's own oracle (src/tasks) is asked; what it says is what the task is. */
import { compile, next } from '../../crasp/index.ts';
import { taskNamed, type Task } from '../../tasks/index.ts';
import { checkBlocks } from './blocks.ts';
import type { About, CheckedEvidence, EvidenceOf } from './format.ts';
import { checkLanguage } from './language.ts';
import { stringsOf } from './oracle.ts';
import { must } from './refusal.ts';
import { checkSeparation, walk } from './separation.ts';
import { depthOf, usesPositions } from './shape.ts';

type TaskAbout = Extract<About, { kind: 'task' }>;

/**
 * In: one text, with different alphabets in front, names the right next symbol, and no other, wherever the task asks
 * for one, in every source up to the stated lengths. (That it does so for longer ones is what the text itself shows.)
 */
export function checkTaskProgram(
  about: TaskAbout,
  evidence: EvidenceOf<'task-program'>,
  fragment: string,
): void {
  const task = taskNamed(about.name);
  for (const { alphabet, upTo, answers } of evidence.checked) {
    must(alphabet.length ** upTo <= 100_000, 'too many sources to check');
    const symbols = [...alphabet, '<bos>', '<sep>', '<eos>'].map((symbol) => `'${symbol}'`).join(' ');
    const program = compile(`alphabet { ${symbols} }\n${evidence.schema}`);
    must(
      depthOf(program) === evidence.depth,
      `the program's depth is ${depthOf(program)}, not ${evidence.depth}`,
    );
    must(fragment === 'pos' || !usesPositions(program), 'the program uses positions');
    let asked = 0;
    for (let length = 1; length <= upTo; length++) {
      for (const source of stringsOf(alphabet, length)) {
        for (const query of task.family === 'retrieval' ? alphabet : [null]) {
          asked += checkAnswers(task, source, query, (input) => next(program, input));
        }
      }
    }
    must(
      asked === answers,
      `over ${alphabet.length} symbols there are ${asked} answers to check, not ${answers}`,
    );
    must(asked > 0, 'nothing was checked');
  }
}

/** Compares every symbol of the right answer; says how many there were. */
function checkAnswers(
  task: Task,
  source: readonly string[],
  query: string | null,
  predicted: (input: readonly string[]) => string[],
): number {
  const reply = task.answer(source, query);
  if ('refusal' in reply) return 0;
  const expected = task.family === 'copying' ? [...reply.answer, '<eos>'] : reply.answer;
  const prompt = ['<bos>', ...source, '<sep>', ...(query === null ? [] : [query])];
  expected.forEach((symbol, place) => {
    const named = predicted([...prompt, ...expected.slice(0, place)]);
    const input = [...source, query ?? ''].join(' ');
    must(
      named.length === 1 && named[0] === symbol,
      `for '${input}' the program names ${named.join(', ') || 'nothing'}, not ${symbol}`,
    );
  });
  return expected.length;
}

/**
 * Out: strings over the letters of a language are turned into instances letter by letter, so that one answer means
 * "in the language". Plain C-RASP is closed under such a substitution and under fixed beginnings and ends; C-RASP[pos]
 * is when all blocks are equally long. The language is out, so the task is.
 */
export function checkReduction(about: TaskAbout, evidence: EvidenceOf<'reduction'>, fragment: string): void {
  const task = taskNamed(about.name);
  const letters = Object.keys(evidence.blocks);
  const lengths = new Set(Object.values(evidence.blocks).map((block) => block.length));
  must(fragment === 'plain' || lengths.size === 1, 'the blocks are not equally long');
  const kind = fragment === 'plain' ? 'separation' : 'blocks';
  must(
    evidence.evidence.kind === kind,
    `for the fragment ${fragment}, ${kind} is the evidence that is needed`,
  );
  const { automaton } = evidence.evidence;
  must(
    [...letters].sort().join(' ') === [...automaton.alphabet].sort().join(' '),
    'blocks and language have different letters',
  );
  const language = {
    kind: 'expression',
    name: '',
    text: evidence.expression,
    alphabet: automaton.alphabet,
  } as const;
  checkLanguage({ ...language, alphabet: [...automaton.alphabet] }, automaton, 'eos');
  checkOut(evidence.evidence, 'eos');
  must(letters.length ** evidence.upTo <= 100_000, 'too many strings to check');
  const accepting = new Set(automaton.accepting);
  let instances = 0;
  for (let length = 0; length <= evidence.upTo; length++) {
    for (const word of stringsOf(letters, length)) {
      instances++;
      const source = [
        ...evidence.prefix,
        ...word.flatMap((letter) => evidence.blocks[letter]),
        ...evidence.suffix,
      ];
      const reply = task.answer(source, evidence.query);
      must(!('refusal' in reply), `the string '${word.join(' ')}' makes no instance of the task`);
      const says = reply.answer.join(' ') === evidence.answer;
      const inLanguage = accepting.has(walk(automaton, automaton.start, word));
      must(
        says === inLanguage,
        `the answer for '${word.join(' ')}' does not say whether it is in the language`,
      );
    }
  }
  must(instances === evidence.instances, `there are ${instances} instances, not ${evidence.instances}`);
}

/**
 * Out: all 2^n prefixes of length n over two symbols have different right answers, so 2^n different futures; a
 * program with K counters, D bits of look-back and period P distinguishes at most (n+1)^K · 2^D · P prefixes.
 */
export function checkIndexEmbedding(about: TaskAbout, evidence: EvidenceOf<'index-embedding'>): void {
  const task = taskNamed(about.name);
  const { zero, one, direction, upTo, residuals, excluded } = evidence;
  must(zero !== one, 'the two symbols are one');
  must(residuals.length === upTo, `for lengths 1 to ${upTo}, ${upTo} numbers are needed`);
  residuals.forEach((stated, i) => {
    const futures = new Set<string>();
    for (const source of stringsOf([zero, one], i + 1)) {
      const reply = task.answer(source, null);
      must(!('refusal' in reply), `'${source.join(' ')}' is no instance`);
      const copy = direction === 'forward' ? source : source.toReversed();
      must(
        reply.answer.join(' ') === copy.join(' '),
        `the answer to '${source.join(' ')}' is not read ${direction}`,
      );
      futures.add(reply.answer.join(' '));
    }
    must(
      futures.size === stated && stated === 2 ** (i + 1),
      `prefixes of length ${i + 1} have ${futures.size} futures`,
    );
  });
  must(excluded.length > 0, 'no number of counters is excluded');
  for (const { length, counters } of excluded) {
    const [base, power, all] = [BigInt(length + 1), BigInt(counters), 2n ** BigInt(length)];
    must(
      base ** power < all && base ** (power + 1n) >= all,
      `at length ${length}, ${counters} is not the most counters that are too few`,
    );
  }
}

/** Out of plain C-RASP by a separation, or of C-RASP[pos] by blocks. */
export function checkOut(
  evidence: Extract<CheckedEvidence, { kind: 'separation' | 'blocks' }>,
  read: 'eos' | 'last',
): void {
  if (evidence.kind === 'blocks') {
    checkBlocks(evidence);
    return;
  }
  const { automaton, separation } = evidence;
  const accepting = new Set(automaton.accepting);
  const reached = walk(automaton, automaton.start, separation.access);
  must(reached === separation.pair[0], 'the access word does not lead to the pair');
  checkSeparation(automaton.transitions, separation, (state, word) => {
    if (read === 'eos') return accepting.has(walk(automaton, state, word));
    must(word.length > 0, 'at the last symbol, the distinguishing word cannot be empty');
    const before = walk(automaton, state, word.slice(0, -1));
    const letter = automaton.alphabet.indexOf(word[word.length - 1]);
    must(letter >= 0, 'the distinguishing word has an unknown symbol');
    return accepting.has(before * automaton.alphabet.length + letter);
  });
}

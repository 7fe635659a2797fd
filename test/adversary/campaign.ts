/** Many attempts, seeded, and what our checker says of them. */
import { rng } from '../../src/common/random.ts';
import type { Rng } from '../../src/common/random.ts';
import { compile, next } from '../../src/crasp/index.ts';
import { parseCertificate } from '../../src/predict/checkers/text.ts';
import { verifyCertificate } from '../../src/predict/checkers/verify.ts';
import { instantiate } from '../../src/predict/tasks/schemas.ts';
import { taskNamed } from '../../src/tasks/index.ts';
import type { Attempt } from './attempt.ts';
import { aboutLanguage } from './construct-languages.ts';
import { aboutTask, wrongProgram } from './construct-tasks.ts';
import { mutated, turnedRound } from './mutate.ts';
import { asVersion1, recombined, spliced, twice } from './recombine.ts';
import type { Subject } from './subjects.ts';
import { languages, tasks } from './subjects.ts';

/**
 * `count` attempts about all tasks and `languageCount` languages, in both fragments. They begin with the evidence for one
 * task and the claim about another: all pairs, or as many as are a tenth of the attempts.
 */
export function* attempts(seed: string, count: number, languageCount: number): Generator<Attempt> {
  const draw = rng('adversary', seed);
  const aboutTasks = tasks();
  const aboutLanguages = languages(languageCount);
  const everything = [...aboutTasks, ...aboutLanguages];
  const pairs = draw.shuffle(aboutTasks.flatMap((one) => aboutTasks.map((other) => recombined(one, other))));
  yield* pairs.slice(0, count / 10);
  for (let made = Math.min(pairs.length, count / 10); made < count; made++) {
    const [task, language] = [draw.choice(aboutTasks), aboutLanguages[made % aboutLanguages.length]];
    const subject = draw.below(3) === 0 ? task : language;
    yield oneOf(subject, { task, language, everything }, draw);
  }
}

interface Material {
  readonly task: Subject;
  readonly language: Subject;
  readonly everything: readonly Subject[];
}

function oneOf(subject: Subject, { task, language, everything }: Material, draw: Rng): Attempt {
  const models = everything.filter(({ right }) => right.verdict !== subject.right.verdict);
  const like = models.filter((one) => isLike(one, subject));
  const alike = draw.choice(like.length > 0 ? like : models);
  switch (draw.below(14)) {
    case 0:
    case 1:
      return mutated(subject, alike, draw);
    case 2:
      return turnedRound(subject, draw);
    case 3:
      return recombined(subject, alike);
    case 4: {
      const others = everything.filter(({ evidence }) => evidence.kind === alike.evidence.kind);
      return spliced(subject, alike, draw.choice(others), draw);
    }
    case 5:
      return twice(subject, draw);
    case 6:
      return asVersion1(subject, alike);
    case 7:
      return wrongProgram(task, draw) ?? aboutTask(task, everything, draw);
    case 8:
    case 9:
      return aboutTask(task, everything, draw);
    default:
      return aboutLanguage(language, draw);
  }
}

/** Whether evidence for one is of a kind that the other could have. */
function isLike(one: Subject, subject: Subject): boolean {
  return (
    one.right.fragment === subject.right.fragment &&
    (one.right.about.kind === 'task') === (subject.right.about.kind === 'task')
  );
}

export type Answer =
  'holds' | 'holds up to a length' | 'does not hold' | 'not proved' | 'not checked' | 'unreadable';

/** What our checker says of a file. */
export function ours({ text }: Attempt): Answer {
  let json: unknown;
  try {
    json = parseCertificate(text);
  } catch {
    return 'unreadable';
  }
  return verifyCertificate(json).outcome;
}

/** Whether it is a forgery that the checker holds this. */
export function isForgery({ text, wrongFor }: Attempt, answer: Answer): boolean {
  if (answer !== 'holds') return false;
  return wrongFor === undefined || isWrong(wrongFor, text);
}

/** Whether a program for a task names another symbol than the task's oracle in some long source, or over many symbols. */
function isWrong(name: string, text: string): boolean {
  const task = taskNamed(name);
  const { schema } = (JSON.parse(text) as { evidence: { schema: string } }).evidence;
  const draw = rng('adversary', 'samples', name);
  const alphabet = Array.from({ length: 60 }, (_, i) => `x${i}`);
  for (let sample = 0; sample < 60; sample++) {
    const symbols = alphabet.slice(0, [8, 12, 60][sample % 3]);
    const program = compile(instantiate(schema, symbols));
    const { max } = task.admits({ alphabet: symbols });
    const { source, query, answer } = task.sample(Math.min(max, 5 + 2 * sample), draw, { alphabet: symbols });
    const [first] = next(program, ['<bos>', ...source, '<sep>', ...(query === null ? [] : [query])]);
    if (first !== answer[0]) return true;
  }
  return false;
}

/** How many attempts of each kind came to which end. */
export class Tally {
  private readonly counts = new Map<string, Map<Answer, number>>();

  add({ kind }: Attempt, answer: Answer): void {
    const row = this.counts.get(kind) ?? new Map<Answer, number>();
    row.set(answer, (row.get(answer) ?? 0) + 1);
    this.counts.set(kind, row);
  }

  get total(): number {
    return [...this.counts.values()].flatMap((row) => [...row.values()]).reduce((sum, one) => sum + one, 0);
  }

  /** A line for each kind. */
  lines(): string[] {
    return [...this.counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([kind, row]) =>
          `${kind.padEnd(60)} ${[...row].map(([answer, count]) => `${answer} ${count}`).join(', ')}`,
      );
  }
}

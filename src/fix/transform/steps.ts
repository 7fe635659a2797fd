/**
 * A transformation as steps that every language can write: variables for what may be null, each looked at before the next one
 * is made, and everything else in one expression.
 */
import { checkTransform } from './check.ts';
import { call, type Code } from './layout.ts';
import { type Helper, type ListOperation, operations } from './operations.ts';
import type { ListExpression, ListsExpression, Transform } from './transform.ts';

/** What a file is about. */
export interface CodeOf {
  /** The mitigation's name. */
  readonly name: string;
  /** The task whose samples it is for. */
  readonly task: string;
  readonly transform: Transform;
  /** What it does, in lines for a comment. */
  readonly about: readonly string[];
}

/** How a language writes what the languages write differently. */
export interface Language {
  readonly helper: 'typescript' | 'python';
  readonly literal: (value: string | number) => string;
  readonly lengthOf: (list: string) => string;
  /** A part of a list, up to its end where `to` is null. */
  readonly slice: (list: string, from: string, to: string | null) => string;
}

/** `name` gets the value of `code`; where that may be null, the function ends there if it is. */
export interface Step {
  readonly name: string;
  readonly code: Code;
  readonly nullable: boolean;
}

/** The source of an ask, or the variable that has the parts that are asked about one by one. */
export type WrittenAsk = { readonly task: string } & ({ readonly source: Code } | { readonly parts: string });

/** What a file is written from. */
export interface WrittenFile {
  readonly before: {
    readonly steps: readonly Step[];
    readonly asks: readonly WrittenAsk[];
  };
  /** The steps, and what is the answer then. */
  readonly after: { readonly steps: readonly Step[]; readonly answer: Code };
  /** In the order of the table of operations. */
  readonly helpers: readonly Helper[];
}

/** @throws Error where the transformation makes no sense */
export function stepsOf(transform: Transform, language: Language): WrittenFile {
  checkTransform(transform);
  const before = new Writer(transform, language);
  const asks = transform.asks.map(({ task, source }) =>
    source.op === 'chunks' ? { task, parts: before.parts(source) } : { task, source: before.list(source) },
  );
  const after = new Writer(transform, language);
  after.endWithoutSource();
  const answer = after.answer(transform.answer);
  const used = new Set([...before.used, ...after.used]);
  const helpers = Object.values<Record<Language['helper'], Helper>>(operations).map(
    (operation) => operation[language.helper],
  );
  return {
    before: { steps: before.steps, asks },
    after: { steps: after.steps, answer },
    helpers: [...new Set(helpers)].filter((helper) => used.has(helper)),
  };
}

/** Writes the steps of one function. */
class Writer {
  readonly steps: Step[] = [];
  readonly used = new Set<Helper>();
  private readonly transform: Transform;
  private readonly language: Language;
  /** The variable that has the value of an expression, by its JSON. */
  private readonly variables = new Map<string, string>();

  constructor(transform: Transform, language: Language) {
    this.transform = transform;
    this.language = language;
  }

  /** A list that is not null, after steps that see to it. */
  list(expression: ListExpression): Code {
    const result = resultOf(expression, this.transform);
    if (result === undefined) return this.answer(expression);
    return this.variable(expression, result, true, () => this.answer(expression));
  }

  /** What may be null, where the function returns it. */
  answer(expression: ListExpression): Code {
    if (expression.op === 'source') return 'source';
    if (expression.op === 'answer') return `answers[${this.start(expression.ask)}]`;
    if (expression.op === 'join') return this.join(expression.ask);
    const operation = operations[expression.op] as ListOperation<ListExpression>;
    const lists = operation.lists(expression).map((list) => this.list(list));
    return this.call(operation, lists, operation.literals?.(expression));
  }

  /** A variable with lists. */
  parts(expression: ListsExpression): string {
    return this.variable(expression, 'parts', false, () =>
      this.call(operations.chunks, [this.list(expression.of)], operations.chunks.literals?.(expression)),
    );
  }

  /** The steps that end the function where an ask has no source, and no others. */
  endWithoutSource(): void {
    for (const { source } of this.transform.asks) {
      const list = source.op === 'chunks' ? source.of : source;
      this.list(list);
    }
  }

  private join(ask: number): Code {
    const parts = this.partsOf(ask);
    const from = this.start(ask);
    const isLast = ask === this.transform.asks.length - 1;
    const to = isLast ? null : this.start(ask + 1);
    const answers = from === '0' && isLast ? 'answers' : this.language.slice('answers', from, to);
    return this.call(operations.join, [answers, parts]);
  }

  /** The number of the first answer to an ask, as code: so many asks before it have one answer, the others as many as parts. */
  private start(ask: number): string {
    const earlier = this.transform.asks.slice(0, ask);
    const single = earlier.filter(({ source }) => source.op !== 'chunks').length;
    const several = earlier.flatMap(({ source }, at) => (source.op === 'chunks' ? [this.partsOf(at)] : []));
    const terms = several.map((parts) => this.language.lengthOf(parts));
    if (single > 0 || terms.length === 0) terms.unshift(String(single));
    return terms.join(' + ');
  }

  private partsOf(ask: number): string {
    const { source } = this.transform.asks[ask];
    if (source.op !== 'chunks') throw new Error(`the ask ${ask} has one source`);
    return this.parts(source);
  }

  private call(
    operation: Readonly<Record<Language['helper'], Helper>>,
    lists: readonly Code[],
    literals: readonly (string | number)[] = [],
  ): Code {
    const helper = operation[this.language.helper];
    this.used.add(helper);
    return call(helper.name, [...lists, ...literals.map((value) => this.language.literal(value))]);
  }

  private variable(
    expression: ListExpression | ListsExpression,
    base: string,
    nullable: boolean,
    codeOf: () => Code,
  ): string {
    const key = JSON.stringify(expression);
    const there = this.variables.get(key);
    if (there !== undefined) return there;
    const code = codeOf();
    const names = new Set(this.variables.values());
    let name = base;
    for (let number = 2; names.has(name); number++) name = `${base}${number}`;
    this.variables.set(key, name);
    this.steps.push({ name, code, nullable });
    return name;
  }
}

/** What a variable with the value of an expression is called that may be null by itself; undefined: never null by itself. */
function resultOf(expression: ListExpression, transform: Transform): string | undefined {
  if (expression.op === 'source') return undefined;
  if (expression.op === 'answer')
    return transform.asks.length === 1 ? 'answer' : `answer${expression.ask + 1}`;
  return operations[expression.op].result;
}

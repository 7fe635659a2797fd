/**
 * The house: who may use whom in `src/`, and which rooms run in a browser. As data for whoever wants to know, and as
 * the lint rule `house/imports`, which follows every way to name a module: import, export … from, import(…) and
 * import('…').Type. Tests beside the code are free to use what they need.
 */
import { isBuiltin } from 'node:module';
import path from 'node:path';
import type { Rule } from 'eslint';

/** What each room may use; `common` is for everybody. */
export const house: Readonly<Record<string, readonly string[]>> = {
  common: [],
  tasks: [],
  crasp: [],
  graph: [],
  model: ['graph'],
  predict: ['tasks', 'crasp'],
  score: ['tasks'],
  prompt: ['tasks', 'score'],
  respond: ['tasks', 'prompt', 'score', 'model', 'graph'],
  measure: ['tasks', 'prompt', 'score', 'respond', 'model', 'graph'],
  train: ['tasks', 'prompt', 'model', 'graph'],
  explain: ['tasks', 'crasp', 'prompt', 'score', 'model', 'graph'],
  fix: ['tasks', 'predict', 'crasp', 'prompt', 'score', 'respond', 'measure', 'train', 'model', 'graph'],
  study: [
    'tasks',
    'crasp',
    'graph',
    'model',
    'predict',
    'score',
    'prompt',
    'respond',
    'measure',
    'train',
    'explain',
    'fix',
  ],
  report: [], // and what is in `rowsAndWords`
  cli: [
    'tasks',
    'crasp',
    'graph',
    'model',
    'predict',
    'score',
    'prompt',
    'respond',
    'measure',
    'train',
    'explain',
    'fix',
    'study',
    'report',
  ],
};

/** Rooms that run in a browser as they are. What needs Node stands in files named *.node.ts, loaded when needed. */
export const browserRooms: readonly string[] = [
  'common',
  'tasks',
  'crasp',
  'graph',
  'model',
  'predict',
  'score',
  'prompt',
  'report',
];

/**
 * Circles of folders that remain in `src`: the folders of each, and why they are one. Rooms are in none, nor are the
 * folders of score, prompt, respond, measure, report and cli. A circle that is not here, or is here and gone, fails a test.
 */
export const circles: readonly { readonly folders: readonly string[]; readonly why: string }[] = [
  {
    folders: ['crasp/check', 'crasp/core', 'crasp/run', 'crasp/run/wasm', 'crasp/text'],
    why: 'limits and the core’s types stand in core, which elaborates what check and text produce: a folder for limits and types would part them',
  },
  {
    folders: [
      'model/answers',
      'model/architectures',
      'model/config',
      'model/files',
      'model/files/huggingface',
      'model/forward',
      'model/sites',
    ],
    why: 'an architecture is one object: its configuration’s fields, its file’s names, its forward pass and its sites; the table of architectures is asked by each of these',
  },
  {
    folders: ['predict', 'predict/certificates', 'predict/decide', 'predict/tasks'],
    why: 'the types of verdicts stand at the top of the room, beside what decides: they belong in a folder of their own',
  },
  {
    folders: ['study', 'study/executor', 'study/file', 'study/store', 'study/work'],
    why: 'items and rows stand at the top of the room, beside what runs them: they belong in a folder of their own',
  },
  {
    folders: ['tasks', 'tasks/people'],
    why: 'where the evidence lies is asked of every task, those over lines included',
  },
  {
    folders: ['train/batch', 'train/run', 'train/spec', 'train/step'],
    why: 'the specification names the rows of a run, a run its steps, a step its specification',
  },
];

/** The report reads rows: their types, and the words and formats that they have everywhere. Pure data and text, all of it. */
const rowsAndWords = {
  types: /^[a-z]+\/([a-z]+\/)?rows\.ts$/,
  values:
    /^(explain\/ablation\/head|explain\/edges\/needed|fix\/outcome\/text|fix\/finetuned\/(gaps|shares|text)|measure\/store\/(command-text|pilots)|score\/(errors\/kinds|statistics\/correction|tables\/(contradiction-text|contrast-pairs|horizon-text|percent|chosen-text|definitions|near|over-seeds|place-text|spread-text)))\.ts$/,
};

/** Whether a module, ours aside, exists in Node alone. */
export function needsNode(name: string): boolean {
  return isBuiltin(name) || /^onnxruntime-node(\/|$)/.test(name);
}

/** One module that a file of ours names. */
interface Import {
  readonly name: string;
  readonly typeOnly: boolean;
  /** Loaded only when that place is reached, so that nobody gets it who doesn't. */
  readonly whenReached: boolean;
}

/** Why a file of ours may not use a module, or undefined when it may. `file` is relative to the repository. */
export function faultOf(file: string, { name, typeOnly, whenReached }: Import): string | undefined {
  const room = roomOf(file);
  if (room === undefined) return undefined;
  const nodeFile = file.endsWith('.node.ts');
  if (browserRooms.includes(room) && !nodeFile) {
    const loadsNodeFile = name.endsWith('.node.ts') && !typeOnly && !whenReached;
    if (needsNode(name) || loadsNodeFile) {
      return `the room '${room}' runs in a browser: what needs Node stands in a file named *.node.ts that is loaded by import(…)`;
    }
  }
  const target = targetOf(file, name);
  if (target === undefined) return undefined;
  const other = target.split('/')[0];
  if (other === room || other === 'common' || house[room].includes(other)) return undefined;
  if (room === 'report') {
    if (rowsAndWords.values.test(target) || (typeOnly && rowsAndWords.types.test(target))) return undefined;
    return `the report reads rows: of '${other}' it may use the types in rows.ts and the words and formats that tables share, nothing else`;
  }
  return `the room '${room}' may not use '${other}': see 'house' in scripts/house.ts`;
}

/** `src/tasks/draw.ts` → tasks */
function roomOf(file: string): string | undefined {
  const [src, room] = file.split('/');
  return src === 'src' && room in house ? room : undefined;
}

/** The module as a path below `src`, such as `tasks/draw.ts`; undefined when it is none of ours. */
function targetOf(file: string, name: string): string | undefined {
  if (name.startsWith('lengthwise/')) return name.slice('lengthwise/'.length);
  if (!name.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(file), name);
  return target.startsWith('src/') ? target.slice('src/'.length) : undefined;
}

/** What ESLint and TypeScript's parser say about a place that names a module. */
interface Naming {
  readonly type: string;
  readonly source: unknown;
  readonly importKind?: 'type' | 'value';
  readonly exportKind?: 'type' | 'value';
}

export const houseRule: Rule.RuleModule = {
  meta: { type: 'problem', docs: { description: 'rooms use only the rooms that they may use' }, schema: [] },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    const check = (node: Rule.Node, whenReached: boolean) => {
      const naming = node as unknown as Naming;
      const name = nameIn(naming.source);
      if (name === undefined) return;
      const message = faultOf(file, { name, typeOnly: isTypeOnly(naming), whenReached });
      if (message !== undefined) context.report({ node, message });
    };
    const now = (node: Rule.Node) => check(node, false);
    return {
      ImportDeclaration: now,
      ExportNamedDeclaration: now,
      ExportAllDeclaration: now,
      TSImportType: now,
      ImportExpression: (node) => check(node, true),
    };
  },
};

/** The text of a module's name, where one stands and is no computed value. */
function nameIn(source: unknown): string | undefined {
  const value = (source as { value?: unknown } | null | undefined)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** `import { type A } from 'b'` loads b all the same: only what says `type` for the whole is gone at run time. */
function isTypeOnly({ type, importKind, exportKind }: Naming): boolean {
  return type === 'TSImportType' || importKind === 'type' || exportKind === 'type';
}

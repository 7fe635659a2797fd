/** The package as `npm pack` makes it, and a project elsewhere that uses it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');

/** Every room that has an export of its own. */
export const rooms = [
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
] as const;

/** Packs the checkout; the tarball's path. */
export function pack(folder: string): string {
  const args = ['pack', '--json', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm pack failed:\n${stdout}${stderr}`);
  const packed = stdout.slice(stdout.search(/^\[/m)); // what the build says comes first
  const [{ filename }] = JSON.parse(packed) as { filename: string }[];
  return path.join(folder, filename);
}

/** A project that has the package unpacked and beside it what npm would install with it, from this checkout. */
export function unpackedProject(folder: string, tarball: string): void {
  writeProject(folder);
  const modules = path.join(folder, 'node_modules');
  mkdirSync(path.join(modules, 'lengthwise'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', path.join(modules, 'lengthwise')]);
  for (const place of installedPackages()) {
    mkdirSync(path.dirname(path.join(folder, place)), { recursive: true });
    symlinkSync(path.join(ROOT, place), path.join(folder, place));
  }
  mkdirSync(path.join(modules, '.bin'));
  symlinkSync('../lengthwise/bin/lengthwise.js', path.join(modules, '.bin/lengthwise'));
}

/** `node_modules/NAME` of every package that comes with ours: not those for development, and no peers. */
function installedPackages(): string[] {
  const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: true; peer?: true }>;
  };
  return Object.entries(packages)
    .filter(([place, { dev, peer }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(place) && !dev && !peer)
    .map(([place]) => place)
    .filter((place) => existsSync(path.join(ROOT, place)));
}

export function writeProject(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'elsewhere', version: '1.0.0', private: true, type: 'module' };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(folder, 'tiny.yaml'), TINY_STUDY);
  writeFileSync(path.join(folder, 'use.ts'), USE);
  writeFileSync(path.join(folder, 'library.ts'), LIBRARY.program);
  for (const moduleResolution of ['nodenext', 'bundler']) {
    writeFileSync(path.join(folder, `tsconfig.${moduleResolution}.json`), tsconfig(moduleResolution));
  }
}

const TINY_STUDY = `name: tiny
tasks: [UR]
models: [{ name: tiny, positions: ape, layers: 1, heads: 2, dim: 16 }]
train: { steps: 10, batch: 8, lengths: 3-8 }
measure: { lengths: [5, 12], n: 10 }
seeds: [1]
`;

/** Uses every export with its types; the line that is said to be wrong is wrong only where types are there. */
const USE = `${rooms.map((room) => `import * as ${room} from 'lengthwise/${room}';`).join('\n')}

const instance: tasks.Instance = tasks.drawInstance(tasks.taskNamed('UR'), { length: 8, seed: 1, index: 0 });
const length: number = instance.source.length;
// @ts-expect-error a length is a number
const wrong: string = instance.source.length;

const program: crasp.CoreProgram = crasp.compile("alphabet { a b }\\naccept # 'a' > # 'b'");
const graphOfOne: graph.Graph = new graph.Graph();
graphOfOne.output('y', graph.square(graphOfOne.input('x', [2])));
const y: graph.Tensor = graph.evaluate(graphOfOne, { x: { dtype: 'float32', shape: [2], data: Float32Array.of(2, 3) } }).y;
const config: model.ModelConfig = model.modelConfig({ architecture: 'gpt2', vocabulary: 8, layers: 1, heads: 2, width: 8, positions: 16 });
const verdict: predict.Verdict = 'out';
const cells: readonly score.CellRow[] = [];
const scored: score.Score = score.scoreOutput(
  { operation: 'UR', family: 'retrieval', instance },
  { answer: instance.answer },
  score.textOutput(instance.answer.join(' ')),
  { filters: score.filterNames, stop: [], tags: null, joiner: ' ', lead: '', trail: '' },
);
const task: prompt.Askable = prompt.askableNamed('UF');
const chosen: prompt.PromptTemplate = await prompt.usualPrompt(task.shape, 'chat');
const address: URL = respond.endpointUrl('http://127.0.0.1:1/v1');
const readBack: (folder: string) => measure.Gathered[] = measure.readMeasurement;
const spec: train.TrainSpec = train.preset('quick', 'UR', 'ape');
const read: (folder: string) => study.StudyRows = study.readStudy;
const render: (rows: study.StudyRows) => string = report.renderReport;

console.log(JSON.stringify({
  length, wrong, accepts: crasp.accepts(program, ['a']), y: [...y.data], width: config.width, verdict,
  cells: cells.length, outcome: scored.outcome, prompt: chosen.name, port: address.port, task: spec.task,
  functions: [typeof read, typeof render, typeof readBack],
}));
`;

/** What it prints. */
export const USED = {
  length: 8,
  wrong: 8,
  accepts: true,
  y: [4, 9],
  width: 8,
  verdict: 'out',
  cells: 0,
  outcome: 'right',
  prompt: 'turns',
  port: '1',
  task: 'UR',
  functions: ['function', 'function', 'function'],
};

/** The program of docs/library.md, and what it is said to print. */
export const LIBRARY = libraryPage();

function libraryPage(): { readonly program: string; readonly prints: string } {
  const page = readFileSync(path.join(ROOT, 'docs/library.md'), 'utf8');
  const [, program = '', prints = ''] = /```ts\n(.*?)```\n\n```\n(.*?)```/s.exec(page) ?? [];
  return { program, prints };
}

function tsconfig(moduleResolution: string): string {
  return JSON.stringify({
    compilerOptions: {
      strict: true,
      module: moduleResolution === 'bundler' ? 'preserve' : 'nodenext',
      moduleResolution,
      target: 'es2024',
      lib: ['es2024', 'esnext.iterator', 'dom', 'dom.iterable'],
      types: [],
      skipLibCheck: false,
      noEmit: true,
    },
    files: ['use.ts', 'library.ts'],
  });
}

/** Runs a command in a project. */
export function runIn(folder: string, file: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, said: stderr };
}

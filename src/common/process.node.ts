/**
 * Work in a process of its own: matrix products block a process, and a crash of ONNX Runtime ends it. What goes in is
 * an order, and what comes out are rows, ticks and a result; `worker.node.ts` is the other side.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from './errors.ts';
import type { WorkOptions } from './work.ts';

/** A kind of work that has its own process. */
export interface WorkKind {
  /** For people: `the training process was killed by SIGKILL`. */
  readonly name: string;
  /** The module that the process runs, without its extension, seen from `from`. */
  readonly module: string;
  /** `import.meta.url` of the module that says so: TypeScript in a checkout, JavaScript in an installed package. */
  readonly from: string;
  /** How it stops: asked to, at its next safe place, or ended at once because it leaves nothing behind. */
  readonly stops: 'when-asked' | 'at-once';
  /** What to say to people after a death, such as that the same command goes on. */
  readonly afterDeath: string;
}

export type ToWorker = { readonly type: 'work'; readonly order: unknown } | { readonly type: 'stop' };

export type FromWorker<Row, Tick, Result> =
  | { readonly type: 'tick'; readonly tick: Tick }
  | { readonly type: 'row'; readonly row: Row }
  | Ending<Result>;

export type Ending<Result> =
  { readonly type: 'done'; readonly result: Result } | { readonly type: 'stopped' } | Failed;

/** What was thrown there. */
export interface Failed {
  readonly type: 'failed';
  readonly message: string;
  readonly isUserError: boolean;
}

/** The end of what a process wrote is enough to say why it crashed. */
const KEPT_OUTPUT = 4096;

/** In characters: a cause is one line. */
const LONGEST_CAUSE = 300;

/**
 * Does one order in a process of its own and gives the result.
 * @throws what the work threw there, UserError or Error; the signal's reason; an Error
 *   that says how the process died; what `onRow` throws, once the process is ended
 */
export async function workInProcess<Row, Tick, Result>(
  kind: WorkKind,
  order: unknown,
  options: WorkOptions<Row, Tick>,
): Promise<Result> {
  options.signal.throwIfAborted();
  const child = started(kind);
  const send = (message: ToWorker) => child.connected && child.send(message, () => undefined);
  const stop = () => (kind.stops === 'at-once' ? child.kill('SIGKILL') : send({ type: 'stop' }));
  options.signal.addEventListener('abort', stop);
  send({ type: 'work', order });
  try {
    return resultOf(await endingOf<Row, Tick, Result>(child, kind, options), kind, options.signal);
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

/**
 * Starts the process of a kind of work; what it prints is kept back, and shown where LENGTHWISE_DEBUG is set.
 * @internal its type is Node's: those who import the package need no types of Node
 */
export function started(kind: WorkKind): ChildProcess {
  const extension = kind.from.endsWith('.ts') ? '.ts' : '.js';
  const child = fork(fileURLToPath(new URL(`${kind.module}${extension}`, kind.from)), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  if (process.env.LENGTHWISE_DEBUG !== undefined) child.stderr?.pipe(process.stderr);
  return child;
}

/** What the process says last, after every row was taken; or how it died. */
function endingOf<Row, Tick, Result>(
  child: ChildProcess,
  kind: WorkKind,
  { onRow, onTick }: WorkOptions<Row, Tick>,
): Promise<Ending<Result>> {
  return new Promise((resolve, reject) => {
    const output = keptOutput(child);
    let taken = Promise.resolve(); // rows are taken one after the other
    let ending: Ending<Result> | undefined;
    child.on('message', (message: FromWorker<Row, Tick, Result>) => {
      switch (message.type) {
        case 'tick':
          onTick?.(message.tick);
          break;
        case 'row':
          taken = taken.then(() => onRow(message.row));
          taken.catch(() => child.kill('SIGKILL')); // nobody takes what it says
          break;
        case 'done':
        case 'stopped':
        case 'failed':
          ending = message;
      }
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const message = `${kind.name} ${howItDied(code, signal, output())}${kind.afterDeath}`;
      taken.then(() => resolve(ending ?? { type: 'failed', message, isUserError: false }), reject);
    });
  });
}

function resultOf<Result>(ending: Ending<Result>, kind: WorkKind, signal: AbortSignal): Result {
  switch (ending.type) {
    case 'done':
      return ending.result;
    case 'stopped':
      throw signal.reason;
    case 'failed':
      if (signal.aborted && kind.stops === 'at-once') throw signal.reason;
      throw errorFrom(ending);
  }
}

/** What was thrown there, as an error here. */
export function errorFrom({ message, isUserError }: Failed): Error {
  return isUserError ? new UserError(message) : new Error(message);
}

/** What is read of a stream here: declared, so that no types of Node stand in ours, which users compile. */
interface TextStream {
  setEncoding(encoding: 'utf8'): { on(event: 'data', take: (text: string) => void): unknown };
}

/** Keeps the end of what a process writes, and gives it. */
export function keptOutput({
  stdout,
  stderr,
}: {
  readonly stdout: TextStream | null;
  readonly stderr: TextStream | null;
}): () => string {
  let output = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT);
    });
  }
  return () => output;
}

/** `was killed by SIGABRT: terminate called after …`, from how a process ended and what it wrote. */
export function howItDied(code: number | null, signal: string | null, output: string): string {
  const how = signal === null ? `ended with code ${code}` : `was killed by ${signal}`;
  const why = signal === 'SIGKILL' ? ' (systems do that when memory runs out)' : '';
  const said = tellingLine(output);
  return `${how}${why}${said === '' ? '' : `: ${said}`}`;
}

/** The line that most likely says why it crashed: one that speaks of an error, else the last. */
function tellingLine(output: string): string {
  const lines = output.trim().split('\n');
  const line = lines.find((each) => /error|exception|fatal/i.test(each)) ?? lines[lines.length - 1];
  return line.trim().slice(0, LONGEST_CAUSE);
}

/** The options of `lengthwise measure` as the command line declares them, in groups. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { UserError } from '../../common/errors.ts';
import { settings } from '../../measure/plan/settings.ts';
import { thresholdFault } from '../../score/statistics/exact.ts';
import type { Api } from '../../respond/endpoint/protocol/protocol.ts';
import type { TaskOptions, Where } from '../../tasks/index.ts';
import { isMark, LAYOUTS, markIn } from '../../respond/recording/layouts.ts';
import type { GivenLayout } from '../../respond/recording/layouts.ts';
import type { Scoring } from '../../measure/targets/recording.node.ts';
import type { Device } from '../../graph/index.ts';
import { ADAPTER_HELP } from '../shared/adapter.ts';
import { DEVICE_HELP, DEVICES } from '../shared/device.ts';
import { filePath, oneOf, outputFile, realNumber, wholeNumber, wholeNumbers } from '../shared/options.ts';
import { taskOptionFlags } from '../shared/task-options.ts';
import { addOptions } from './applies.ts';
import type { Group } from './applies.ts';
import { readAtLeast } from './at-least.ts';
import type { AtLeast } from './at-least.ts';

/** How it is found out whether an answer is right. */
export type Decide = 'generation' | 'likelihood' | 'forced';

export interface MeasureOptions {
  // of every target
  readonly endpoint?: string;
  readonly outputs?: string[];
  readonly task?: string;
  readonly threshold: number;
  readonly out?: string;
  readonly json?: true;
  readonly atLeast?: AtLeast[];
  readonly junit?: string;
  readonly rescore?: true;
  // of what is asked
  readonly lengths?: number[];
  readonly n?: number;
  readonly maxLength?: number;
  readonly seed: number;
  readonly repeat: number;
  readonly device: Device;
  readonly adapter?: string;
  readonly alphabet?: string;
  readonly occurrences?: { min: number; max: number };
  readonly where?: Where;
  readonly pool?: number;
  readonly place?: TaskOptions['place'];
  readonly drawnLengths: number;
  // of prompts
  readonly prompt?: string;
  readonly shots?: number;
  readonly demonstrationLength?: string;
  readonly separator: boolean;
  readonly allowSpecialTokens?: true;
  readonly git?: string;
  readonly text?: string;
  readonly csv?: string;
  // of endpoints and text models
  readonly api?: Api;
  readonly temperature: number;
  readonly decide: Decide;
  readonly preview?: true;
  // of endpoints
  readonly model?: string;
  readonly thinkTokens?: number;
  readonly concurrency: number;
  readonly timeout: number;
  readonly maxRetries: number;
  readonly budget?: string;
  readonly price?: string;
  readonly header: string[];
  readonly body?: string;
  // of recordings
  readonly scoring: Scoring;
  readonly sourceField?: string;
  readonly queryField?: string;
  readonly goldField?: string;
  readonly outputField?: string;
  readonly records?: string;
  readonly symbols?: GivenLayout;
}

/** More samples of one length make no interval narrower than a model's seed makes it wide: a slip of the keyboard. */
const MAX_N = 1_000_000;

function option<T>(
  flags: string,
  description: string,
  read?: (text: string, before: T) => T,
  usual?: T,
): Option {
  const made = new Option(flags, description);
  if (read !== undefined) made.argParser(read);
  return usual === undefined ? made : made.default(usual);
}

/** How the options of another command differ from those of `measure`. */
export interface Differing {
  /** Those that it has no use for, such as `--junit`. */
  readonly without: readonly string[];
  /** What its help says of others, by their names. */
  readonly texts: Readonly<Record<string, string>>;
}

const AS_MEASURE: Differing = { without: [], texts: {} };

/** Adds the options that `measure` and `replay` share. */
export function addSharedOptions(command: Command, differing = AS_MEASURE): void {
  const add = adding(command, differing);
  add('Options:', 'all', [
    option('--task <names>', 'UR, or UR,UL,… (see `lengthwise tasks list`)'),
    option('--threshold <share>', 'the accuracy that a horizon has to show', readThreshold, 0.9),
    option('--out <folder>', 'where every row is kept, and where an interrupted run goes on'),
    option<AtLeast[]>(
      '--at-least <TASK=L>',
      'exit with 4 unless a horizon of L is shown (repeatable)',
      readAtLeast,
    ),
    option('--junit <file>', 'write one test case a task, for CI', outputFile('--junit')),
    option('--json', 'one JSON object (docs/measure.md)'),
  ]);
}

/** The prompt: how an endpoint is asked, and how what came is read, recorded outputs as well. */
export function addPromptOption(command: Command, title: string, description: string): void {
  addOptions(command, title, 'read', [option('--prompt <names>', description)]);
}

export function addRecordingOptions(command: Command): void {
  addOptions(command, 'Options for recorded outputs:', 'recording', [
    option(
      '--scoring <which>',
      'ours, or authors: as the paper’s authors released it, oddities and all',
      oneOf('scoring', ['ours', 'authors'] satisfies Scoring[]),
      'ours',
    ),
    option('--source-field <name>', 'the field with the source (and `|query`); a.b is the field b in a'),
    option('--query-field <name>', 'the field with the query'),
    option('--gold-field <name>', 'the field with the right answer'),
    option('--output-field <name>', 'the field with the output'),
    option('--records <name>', 'the field with the list of records; a.b is the field b in a'),
    option(
      '--symbols <how>',
      'how symbols stand in the texts: characters, blanks (between them), commas (a, b; a;b; ["a", "b"]), lines, or the mark between them, such as "/"',
      givenLayout,
    ),
  ]);
}

/** @throws UserError for what is neither the name of a layout nor a mark */
function givenLayout(text: string): GivenLayout {
  if (markIn(text) === null || isMark(text)) return text;
  throw new UserError(
    `--symbols ${text}: expected ${LAYOUTS.join(', ')}, or the mark that stands between symbols, such as '/'`,
  );
}

export function addAskingOptions(command: Command, differing = AS_MEASURE): void {
  const add = adding(command, differing);
  const prompts = differing.without.includes('--outputs')
    ? 'Prompts:'
    : 'Prompts (of endpoints and text models; --prompt also of recorded outputs):';
  add('Options:', 'all', [
    option('--endpoint <url>', 'the same as naming the address'),
    option('--outputs <files...>', 'outputs that somebody recorded (JSONL) instead of a model'),
    option('--rescore', 'score the outputs that --out holds again, without a request'),
  ]);
  add('What is asked:', 'asked', [
    option(
      '--lengths <L,…>',
      'lengths of the sources, such as 10,20,40 or 5-10 (default: a search for the horizon)',
      wholeNumbers('--lengths', { min: 1 }),
    ),
    option(
      '--n <count>',
      'samples a length (default: 100; in a search 300 at most)',
      wholeNumber('--n', { min: 1, max: MAX_N }),
    ),
    option(
      '--max-length <L>',
      'without --lengths: none longer (default: 320)',
      wholeNumber('--max-length', { min: 1 }),
    ),
    option('--seed <S>', 'a whole number: the same seed asks the same', wholeNumber('--seed', { min: 0 }), 1),
    option(
      '--repeat <k>',
      'ask an endpoint every sample k times',
      wholeNumber('--repeat', { min: 1, max: settings.repeats.most }),
      settings.repeats.usual,
    ),
    ...taskOptionFlags(),
    option(
      '--drawn-lengths <k>',
      'in a search: so many lengths drawn at random inside the horizon, for a promise about those not asked (36)',
      wholeNumber('--drawn-lengths', { min: 0, max: settings.drawnLengths.most }),
      settings.drawnLengths.usual,
    ),
  ]);
  const { '--prompt': promptText = 'auto, all, a name or several, or a file of your own (docs/prompts.md)' } =
    differing.texts;
  addPromptOption(command, prompts, promptText);
  add(prompts, 'prompted', [
    option(
      '--shots <count>',
      'demonstrations in a prompt',
      wholeNumber('--shots', { min: 0, max: settings.shots.most }),
    ),
    option('--demonstration-length <L>', 'their length, or same'),
    option('--no-separator', 'nothing between source and query'),
    option(
      '--allow-special-tokens',
      'ask also where the model reads a mark of the prompt as a special token',
    ),
    option('--git <repository>', 'git-revert and git-cherrypick over its log'),
    option('--text <file>', 'text-copy over its lines'),
    option('--csv <file>', 'table-lookup over its rows'),
  ]);
  add('Endpoints and text models:', 'prompted', [
    option(
      '--api <which>',
      'completions or chat (default: completions, where there are any; chat for a URL that ends in /chat/completions)',
      oneOf<Api>('api', ['completions', 'chat']),
    ),
    option(
      '--temperature <t>',
      'of the answers (text models: 0)',
      realNumber('--temperature', { min: 0, max: settings.temperature.most }),
      settings.temperature.usual,
    ),
    option(
      '--decide <how>',
      'generation; of endpoints also likelihood: right answers told by log-probabilities of the prompt; of text models forced: right answers read instead of generated',
      oneOf<Decide>('value of --decide', ['generation', 'likelihood', 'forced']),
      'generation',
    ),
    option('--preview', 'say how much would be asked at most, and ask nothing'),
  ]);
  add('Models that run here:', 'local', [
    option('--adapter <folder>', ADAPTER_HELP, filePath('--adapter')),
    option('--device <device>', DEVICE_HELP, oneOf('device', DEVICES), 'cpu'),
  ]);
  add('Endpoints:', 'endpoint', [
    option('--model <name>', 'the model’s name there'),
    option(
      '--think-tokens <count>',
      'room for the thoughts of a model that thinks aloud',
      wholeNumber('--think-tokens', { min: 0, max: settings.thinkTokens.most }),
    ),
    option(
      '--concurrency <c>',
      'never more requests at once',
      wholeNumber('--concurrency', { min: 1, max: settings.concurrency.most }),
      settings.concurrency.usual,
    ),
    option(
      '--timeout <s>',
      'seconds for one request',
      realNumber('--timeout', { min: settings.seconds.least, max: settings.seconds.most }),
      settings.seconds.usual,
    ),
    option(
      '--max-retries <r>',
      'for one question',
      wholeNumber('--max-retries', { min: 0, max: settings.retries.most }),
      settings.retries.usual,
    ),
    option('--budget <b>', 'stop cleanly after 500requests, 2e6tokens, 5usd'),
    option('--price <p,c>', 'of a million prompt and completion tokens'),
    option<string[]>('--header <h>', "'Name: value' or 'Name: env:VARIABLE' (repeatable)", collect, []),
    option('--body <json>', 'further fields of every request'),
  ]);
}

/** Declares options of a group, as far as the command has them. */
function adding(command: Command, { without, texts }: Differing) {
  return (title: string, group: Group, options: readonly Option[]): void => {
    const own = options.filter(({ long }) => !without.includes(long ?? ''));
    for (const one of own) one.description = texts[one.long ?? ''] ?? one.description;
    addOptions(command, title, group, own);
  };
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/** @throws UserError for a threshold that no number of answers can show */
export function readThreshold(text: string): number {
  const threshold = realNumber('--threshold')(text);
  const fault = thresholdFault(threshold);
  if (fault !== null) throw new UserError(`--${fault}`);
  return threshold;
}

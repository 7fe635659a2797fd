/** What is printed of recorded outputs for people. */
import { byLengthGroup } from '../../score/tables/length-groups.ts';
import { titleOf } from '../../measure/gather/notes.ts';
import { togetherRow } from '../../measure/targets/recorded-result.ts';
import type { RecordedResult } from '../../measure/targets/recorded-result.ts';
import type { BadLines, FileReport, MeasuredRecording } from '../../measure/targets/recording.node.ts';
import type { MixedAnswers, Origin } from '../../measure/targets/answer-origins.ts';
import { notTogether } from '../../respond/recording/one-model.ts';
import type { AuthorsScores } from '../../respond/recording/authors.ts';
import { likelyText } from '../../respond/recording/list-form.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { quirks } from '../../score/authors/quirks.ts';
import { whatContradicts } from '../../score/tables/contradicting.ts';
import { OTHER_TASK, otherPartsText, TOO_FEW_TO_TELL } from '../../score/tables/contradiction-text.ts';
import { percent, percentLevel } from '../../score/tables/percent.ts';
import type { CellRow, ContradictingPart } from '../../score/tables/rows.ts';
import { asymmetryTable, cellTable, horizonTable, lookedAgainLines, placeTable } from './tables.ts';

/** Lines about bad records and contradictions that a person reads; the others are counted, and `--json` has more. */
const SHOWN = 5;

/** A recorded answer may be a whole text. */
const MOST_CHARACTERS = 120;

export function recordingText(
  { gathered, files, ofNoTask, mixed }: MeasuredRecording,
  result: RecordedResult,
): string {
  const { recording } = result;
  const groups = byLengthGroup(gathered.cells(), gathered.thresholdOf);
  const rows = groups.map(({ from, to, cell }) => {
    const own = result.rows.find(({ task, length }) => task === cell.task && length === to);
    return from === to && own !== undefined ? own : togetherRow(cell, gathered);
  });
  const lengths = new Map(groups.map(({ from, to, cell }) => [`${cell.task} ${to}`, from]));
  const lengthText = ({ task, length }: CellRow): string => {
    const from = lengths.get(`${task} ${length}`) ?? length;
    return from === length ? String(length) : `${from}–${length}`;
  };
  const several = files.length > 1;
  const remarksOn = (file: FileReport): string[] =>
    remarks(file, several ? `${nameOf(file, files)}: ` : '', otherLengths(file, result));
  const parts = [
    [
      horizonTable(result),
      ...recording.all.map(totalText),
      ...promptLines(gathered),
      ...mixed.map(mixedLine),
      ...groupedLines(recording),
      ...chosenLines(gathered, result),
    ].join('\n'),
    cellTable(rows, lengthText),
    ...[placeTable({ rows }, lengthText)].filter((table) => table !== ''),
    ...(result.asymmetries.length === 0 ? [] : [asymmetryTable(result.asymmetries)]),
    ...files.flatMap(remarksOn),
    ...ofNoTask.flatMap((lines) => badLineTexts(lines, several ? `${lines.file}: ` : '')),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** How answers are read, where the prompt is known: one line for the tasks that have the same. */
function promptLines({ asked }: MeasuredRecording['gathered']): string[] {
  const lines = [...asked.values()].flatMap(({ task, prompt }) =>
    prompt.question === '' ? [] : [{ task, how: readAsText(prompt) }],
  );
  return [...Map.groupBy(lines, ({ how }) => how)].map(
    ([how, tasks]) => `${tasks.map(({ task }) => task).join(', ')}: ${how}`,
  );
}

function readAsText({ name, stop, 'answer-tags': tags }: PromptTemplate): string {
  const within = tags === undefined ? '' : `, between ${tags[0]} and ${tags[1]}`;
  const marks = stop.map((mark) => JSON.stringify(mark)).join(' or ');
  return `outputs are read as those of the prompt '${name}'${within}${marks === '' ? '' : `, up to ${marks}`}`;
}

/** Whose answers are counted together, where records don't say that they are of one model, or several files have answers to one sample. */
export function mixedLine({ task, samples, origins }: MixedAnswers): string {
  const files = [...new Set(origins.map(({ file }) => file))];
  const models = new Set(origins.map(({ model }) => model));
  const whoseOf = ({ model }: Origin): string =>
    model === null ? 'records that name no model' : `records of the model '${short(model)}'`;
  const nameOfOrigin = (origin: Origin): string => {
    if (files.length === 1) return whoseOf(origin);
    return models.size === 1 ? origin.file : `${origin.file} (${whoseOf(origin)})`;
  };
  const from = titleOf(origins.map(nameOfOrigin));
  const have = samples === 0 ? 'answers come' : `${counted(samples, 'sample has', 'samples have')} answers`;
  const areOfOne = models.size === 1 && !models.has(null);
  const wayOut = areOfOne ? '' : `. If they are of several, ${notTogether(files)}`;
  return `${task}: ${have} from ${from}, which count as answers of one model${wayOut}`;
}

function groupedLines({ groups }: RecordedResult['recording']): string[] {
  const tasks = [...new Set(groups.map(({ task }) => task))];
  if (tasks.length === 0) return [];
  return [
    `${tasks.join(', ')}: accuracy is shown of neighbouring lengths together; horizons are of single lengths.`,
  ];
}

/** Where the answers decided how many samples were asked: why the intervals are wider than those of so many. */
function chosenLines({ lengths }: MeasuredRecording['gathered'], { rows }: RecordedResult): string[] {
  const searched = rows.filter(({ task, length }) => lengths.isSearched(task, length));
  const byTask = Map.groupBy(searched, ({ task }) => task);
  const isWhole = (task: string): boolean =>
    byTask.get(task)?.length === rows.filter((row) => row.task === task).length;
  const whole = [...byTask.keys()].filter(isWhole);
  return [
    ...(whole.length === 0
      ? []
      : [
          `${whole.join(', ')}: lengths were chosen by a search, so the intervals are ones that hold whenever one stops.`,
        ]),
    ...[...byTask].flatMap(([task, own]) =>
      isWhole(task)
        ? []
        : [
            `${task}: ${own.map(({ length }) => length).join(', ')} were chosen by a search, so the intervals there are ones that hold whenever one stops.`,
          ],
    ),
    ...lookedAgainLines(rows),
  ];
}

function totalText({
  task,
  n,
  correct,
  accuracy,
  low,
  high,
  confidence = 0.95,
  failed = 0,
}: CellRow): string {
  const level = confidence === 0.95 ? '' : `${percentLevel(confidence)}: `;
  const none =
    failed === 0 ? '' : `; ${counted(Number(failed.toFixed(1)), 'sample', 'samples')} without an output`;
  return `${task}, all lengths: ${Number(correct.toFixed(1))} of ${n} right, ${percent(accuracy)} (${level}${percent(low)} – ${percent(high)})${none}`;
}

/** What has to be said of a recording beside its numbers. */
function remarks(replayed: FileReport, prefix: string, others: readonly ContradictingPart[]): string[] {
  const { answeredByOracle: answered, authors, listed = 0, lists } = replayed;
  const { likelySeparator, separatedOtherwise = 0, withPrompt = 0 } = replayed;
  return [
    ...(likelySeparator === undefined ? [] : [`${prefix}${likelyText(likelySeparator)}`]),
    ...(separatedOtherwise === 0
      ? []
      : [
          `${prefix}${counted(separatedOtherwise, 'output has', 'outputs have')} the right symbols in order, but in another form than the samples (other marks between them, or 3.0 for 3), and count as wrong. If the prompt asked for them so, name it: --prompt FILE`,
        ]),
    ...(withPrompt === 0 ? [] : [`WARNING: ${prefix}${withPromptText(withPrompt)}`]),
    ...(lists === undefined ? [] : [`${prefix}${listsText(lists)}`]),
    ...(listed === 0 ? [] : [`${prefix}${listedText(listed)}`]),
    ...(answered === 0
      ? []
      : [
          `${prefix}${counted(answered, 'record has', 'records have')} no right answer: the oracle's was used`,
        ]),
    ...badLineTexts(replayed, prefix),
    ...contradictionTexts(replayed, prefix, others),
    ...(authors === undefined ? [] : authorsTexts(authors, prefix)),
  ];
}

/** How symbols were read, where their lists are not of the usual form: it was told from the file. */
function listsText({ separator, sources, answers }: NonNullable<FileReport['lists']>): string {
  const what = sources && answers ? 'sources and answers' : sources ? 'sources' : 'answers';
  if (separator.trim() === '') {
    const white = { '\t': 'tabs', '\n': 'line ends', '  ': 'two blanks' }[separator] ?? 'white space';
    return `${what} are read as symbols with ${white} between them, and single blanks within; if single blanks separate symbols, too: --symbols blanks`;
  }
  const isBehind = /[,;]/u.test(separator);
  const example = ['a', 'b', 'c'].join(isBehind ? `${separator} ` : ` ${separator} `);
  return `${what} are read as lists such as '${example}'; if '${separator}' belongs to the symbols: --symbols blanks, or characters`;
}

/** Outputs that are lists where the right answer is none, or another one: each is told by itself. */
function listedText(listed: number): string {
  const are = listed === 1 ? '1 output is a list or a number' : `${listed} outputs are lists or numbers`;
  return `${are} in another form than the right answer, such as 'a, b', ["a", "b"], ['a b'] or 3.0 for 3: what is in them was scored ('list' in the column changed)`;
}

/** Outputs that have the prompt in them, other than it is taken off. */
function withPromptText(count: number): string {
  const have = counted(count, 'output that is not right has', 'outputs that are not right have');
  const it = count === 1 ? 'it, and does' : 'them, and do';
  return `${have} the recorded prompt in ${it} not begin with it, so that it was not taken off: record what the model wrote alone (Hugging Face: return_full_text=False), or name the field that has it with --output-field`;
}

/** A file, and the task of its rows that is meant where it has several. */
function nameOf({ file, task }: FileReport, all: readonly FileReport[]): string {
  return all.filter((other) => other.file === file).length > 1 ? `${file}, ${task}` : file;
}

function badLineTexts({ bad, badLines }: BadLines, prefix: string): string[] {
  if (bad === 0) return [];
  const shown = badLines.slice(0, SHOWN).map(({ line, reason }) => `  line ${line}: ${reason}`);
  return [[`${prefix}${notCounted(bad)}:`, ...shown, ...more(bad)].join('\n')];
}

function notCounted(bad: number): string {
  return bad === 1
    ? '1 line is no record and is not counted'
    : `${bad} lines are no records and are not counted`;
}

/** The same of each file in a line of its own, for those who see the file among others. */
export function badLineNotes({ files, ofNoTask }: MeasuredRecording): string[] {
  const named = files.map((file) => ({ ...file, name: nameOf(file, files) }));
  return [...named, ...ofNoTask.map((lines) => ({ ...lines, name: lines.file }))].flatMap(
    ({ name, bad, badLines: [first] }) =>
      bad === 0
        ? []
        : [
            `${name}: ${notCounted(bad)} (${bad === 1 ? '' : 'the first: '}line ${first.line}: ${first.reason}).`,
          ],
  );
}

function contradictionTexts(
  { contradicting, contradictions, correctByOracle, records, answeredByOracle }: FileReport,
  prefix: string,
  others: readonly ContradictingPart[],
): string[] {
  if (contradicting === 0) return [];
  const shown = contradictions
    .slice(0, SHOWN)
    .map(({ line, gold, reason }) => `  line ${line}: recorded '${short(gold)}', but ${short(reason)}`);
  const head = `${prefix}${counted(contradicting, 'recorded answer contradicts', 'recorded answers contradict')} the task's oracle (${correctByOracle} of ${records} right by the oracle):`;
  const stated = { records: contradicting, of: records - answeredByOracle };
  const ofLengths = others.length === 0 ? [] : [`  ${otherPartsText(others)}`];
  const said = { most: [`  ${OTHER_TASK}`], few: ofLengths, 'too few to tell': [`  ${TOO_FEW_TO_TELL}`] };
  return [[head, ...shown, ...more(contradicting), ...said[whatContradicts(stated)]].join('\n')];
}

/** The lengths of a file at which most right answers contradict the oracle, though not in the whole file. */
function otherLengths(
  { file, task }: FileReport,
  { horizons }: RecordedResult,
): readonly ContradictingPart[] {
  const parts = horizons.find((horizon) => horizon.task === task)?.contradicting?.parts ?? [];
  return parts.filter((part) => part.length !== undefined && (part.file ?? file) === file);
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

function short(text: string): string {
  const oneLine = text.replaceAll('\n', ' / ');
  return oneLine.length <= MOST_CHARACTERS ? oneLine : `${oneLine.slice(0, MOST_CHARACTERS)}…`;
}

function more(count: number): string[] {
  return count > SHOWN ? [`  … and ${count - SHOWN} more (see --json)`] : [];
}

function authorsTexts({ quirks: counts, text }: AuthorsScores, prefix: string): string[] {
  const lines = Object.entries(counts).map(([name, count]) => {
    const quirk = quirks[name as keyof typeof quirks];
    return `  ${quirk.title}, ${count} records: ${quirk.description}`;
  });
  const odd =
    lines.length === 0 ? [] : [[`${prefix}where the released scoring is odd:`, ...lines].join('\n')];
  if (text === undefined) return odd;
  const show = ({ overall, deterministic, nonDeterministic }: typeof text.corrected): string =>
    `${overall.toFixed(4)} overall, ${deterministic.toFixed(4)} deterministic, ${nonDeterministic.toFixed(4)} other`;
  const released = text.released === null ? 'nothing was compared' : show(text.released);
  return [
    ...odd,
    [
      `${prefix}as released: ${text.exact} exact, ${text.mismatch} too short, ${text.compared} compared: ${released}`,
      `${prefix}corrected, all records: ${show(text.corrected)}`,
    ].join('\n'),
  ];
}

/** Asks once more as the run will: with a system message and its prompts' own stop marks, which some servers refuse. */
import { isFault } from '../endpoint.node.ts';
import { pathOf } from '../protocol/protocol.ts';
import type { Api } from '../protocol/protocol.ts';
import type { Fault } from '../reply/faults.ts';
import { stopsTaken } from '../request/body.ts';
import type { FoundShape, RunsOwn } from '../request/capabilities.ts';
import { faultOf, TOKENS } from './probe-requests.node.ts';
import type { Ask, ProbeOptions } from './probe-requests.node.ts';
import { COUNTING, plainBody } from './shapes.node.ts';

/** A short system message that changes nothing. */
const SYSTEM = 'You continue what you are given.';

/** More refusals than there are ways to send fewer marks. */
const MOST_REFUSALS = 6;

/** The shape, without what of the run's own is refused. What was tried before is not tried again. */
export async function shapeAsRun(
  api: Api,
  ask: Ask,
  options: ProbeOptions,
  shape: FoundShape,
  redact: (text: string) => string,
): Promise<FoundShape> {
  const own = options.runsOwn?.(api);
  if (own === undefined) return shape;
  const open = untried(own, shape, api);
  const refusalOf = async (more: Record<string, unknown>, sent: FoundShape): Promise<Refusal> => {
    const body = { ...plainBody(options, api, COUNTING, sent, TOKENS), ...more };
    const reply = await ask('POST', pathOf(api), body);
    const fault = isFault(reply) ? reply : faultOf(reply, redact);
    return fault === null ? 'taken' : isRefusal(fault) ? fault : 'unknown';
  };
  const withSystem = open.system ? await systemAsRun(shape, refusalOf) : shape;
  return open.stop ? stopsAsRun(own, withSystem, refusalOf) : withSystem;
}

/** What of the run's own was not tried yet, of what some servers refuse. */
export function untried(
  own: RunsOwn,
  { tried, stop }: Pick<FoundShape, 'tried' | 'stop'>,
  api: Api,
): { readonly system: boolean; readonly stop: boolean } {
  const { system, stop: known, mostStops } = tried ?? { system: false, stop: [], mostStops: 1 };
  // One mark of anything that can be seen is taken wherever the probe's own is.
  const blank = own.stop.some((mark) => isBlank(mark) && !known.includes(mark));
  return {
    system: own.system && api === 'chat' && !system,
    stop: stop && (blank || own.mostStops > mostStops),
  };
}

/** Taken; refused, and why; or nobody knows, since something else went wrong. */
type Refusal = Fault | 'taken' | 'unknown';
type RefusalOf = (more: Record<string, unknown>, sent: FoundShape) => Promise<Refusal>;

/**
 * What was taken without it and is refused with it is refused for it, whatever the words: FastDeploy speaks of lengths
 * where there are too many stop marks, and a chat template that raises an exception is a 500 on several servers.
 */
function isRefusal({ status, failure, congested }: Fault): boolean {
  if (failure === 'connection' || failure === 'access' || congested) return false;
  return status === null ? failure === 'form' : [400, 422, 500].includes(status);
}

async function systemAsRun(shape: FoundShape, refusalOf: RefusalOf): Promise<FoundShape> {
  const messages = [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: COUNTING },
  ];
  const refusal = await refusalOf({ messages }, shape);
  if (refusal === 'unknown') return shape;
  const found = triedToo(shape, { system: true });
  if (refusal === 'taken') return found;
  const line = `a system message is refused (${refusal.reason}): its text is sent before the user's`;
  return { ...found, system: false, dropped: [...found.dropped, line] };
}

/** Why fewer stop marks are sent: for their number, for what they are. */
interface Reasons {
  readonly most?: string;
  readonly refused?: string;
}

async function stopsAsRun(own: RunsOwn, shape: FoundShape, refusalOf: RefusalOf): Promise<FoundShape> {
  const marks = [...own.stop.filter(isBlank), ...own.stop.filter((mark) => !isBlank(mark))];
  const most = marks.slice(0, Math.max(1, own.mostStops));
  let [found, reasons]: [FoundShape, Reasons] = [shape, {}];
  for (let refusals = 0; refusals < MOST_REFUSALS; refusals++) {
    const stop = stopsTaken(most, found);
    const refusal = stop.length === 0 ? 'taken' : await refusalOf({ stop }, found);
    if (refusal === 'unknown') return shape;
    if (refusal === 'taken') {
      const known = triedToo(found, { stop: own.stop.filter(isBlank), mostStops: most.length });
      return { ...known, dropped: [...known.dropped, ...stopLines(own, found, reasons)] };
    }
    [found, reasons] = withFewer(own, found, stop, refusal, reasons);
  }
  return shape;
}

/** Fewer marks than were refused: as many as the refusal allows, those that can be seen, or none. */
function withFewer(
  own: RunsOwn,
  found: FoundShape,
  stop: readonly string[],
  { reason }: Fault,
  reasons: Reasons,
): [FoundShape, Reasons] {
  const blank = stop.filter(isBlank);
  if (stop.length > 1 && !(blank.length > 0 && /white ?-?space|non-?empty|blank/i.test(reason))) {
    return [
      { ...found, mostStops: mostNamed(reason, stop.length) ?? 1 },
      { ...reasons, most: reason },
    ];
  }
  const { mostStops, refusedStops = [], ...rest } = found;
  const refused = [...refusedStops, ...(blank.length > 0 ? blank : own.stop)];
  // Where one mark alone was refused for what it is, their number may have been no reason.
  const kept = mostStops === undefined || mostStops === 1 ? {} : { mostStops };
  return [
    { ...rest, ...kept, refusedStops: refused },
    { ...reasons, refused: reason },
  ];
}

function stopLines(
  { stop }: RunsOwn,
  { mostStops, refusedStops = [] }: FoundShape,
  reasons: Reasons,
): string[] {
  const marks = mostStops === 1 ? 'one stop mark' : `${mostStops} stop marks`;
  const all = stop.every((mark) => refusedStops.includes(mark));
  const which = all ? "the prompts' stop marks" : 'stop marks of white space';
  return [
    ...(mostStops === undefined || reasons.most === undefined
      ? []
      : [
          `more than ${marks} at once are refused (${reasons.most}): the others are cut out when answers are read`,
        ]),
    ...(reasons.refused === undefined
      ? []
      : [`${which} are refused (${reasons.refused}): they are not sent, and cut out when answers are read`]),
  ];
}

function triedToo(shape: FoundShape, more: Partial<RunsOwn>): FoundShape {
  const { tried = { system: false, stop: [], mostStops: 1 } } = shape;
  return {
    ...shape,
    tried: {
      system: tried.system || more.system === true,
      stop: [...new Set([...tried.stop, ...(more.stop ?? [])])],
      mostStops: Math.max(tried.mostStops, more.mostStops ?? 1),
    },
  };
}

function isBlank(mark: string): boolean {
  return mark.trim() === '';
}

/** `maximum length 4`, `at most 4`, `expected maximum item count: 1`: a number smaller than what was sent; null without. */
function mostNamed(words: string, sent: number): number | null {
  const found =
    /(?:max(?:imum)?|at most|up to|limit|no more than|<=|最多|最大)\D{0,40}?(\d{1,2})(?!\d)/i.exec(words);
  const most = Number(found?.[1] ?? NaN);
  return most >= 1 && most < sent ? most : null;
}

/** Asks once more as the run will: with its system message and its own stop marks, which some servers refuse. */
import { isFault } from '../endpoint.node.ts';
import { pathOf } from '../protocol/protocol.ts';
import type { Api } from '../protocol/protocol.ts';
import type { FoundShape } from '../request/capabilities.ts';
import { faultOf, TOKENS } from './probe-requests.node.ts';
import type { Ask, ProbeOptions } from './probe-requests.node.ts';
import { COUNTING, plainBody } from './shapes.node.ts';

/** What the prompts of a run have that others may not. */
export interface RunsOwn {
  /** Whether any has a system message. */
  readonly system: boolean;
  /** Their stop marks. */
  readonly stop: readonly string[];
}

/** Servers take four. */
const MOST_STOPS = 4;

/** A short system message that changes nothing. */
const SYSTEM = 'You continue what you are given.';

/** The shape, without what of the run's own is refused. */
export async function shapeAsRun(
  api: Api,
  ask: Ask,
  options: ProbeOptions,
  shape: FoundShape,
  redact: (text: string) => string,
): Promise<FoundShape> {
  const own = options.runsOwn?.(api);
  if (own === undefined) return shape;
  let found = shape;
  const system = own.system && api === 'chat';
  const stop = own.stop.slice(0, MOST_STOPS);
  // A refusal each, and the request that is taken.
  for (let tries = 0; tries < 3; tries++) {
    const sendsSystem = system && found.system !== false;
    // Marks of anything that can be seen are taken wherever the probe's own are.
    const sendsStop = found.stop && stop.some((mark) => mark.trim() === '');
    if (!sendsSystem && !sendsStop) break;
    const body = plainBody(options, api, COUNTING, found, TOKENS);
    if (sendsSystem) {
      body.messages = [
        { role: 'system', content: SYSTEM },
        { role: 'user', content: COUNTING },
      ];
    }
    if (sendsStop) body.stop = stop;
    const reply = await ask('POST', pathOf(api), body);
    const fault = isFault(reply) ? reply : faultOf(reply, redact);
    if (fault?.failure !== 'form') break;
    const { reason } = fault;
    const dropped = (what: string): string[] => [...found.dropped, what];
    if (sendsSystem && (/system|role/i.test(reason) || !sendsStop)) {
      const line = `a system message is refused (${reason}): its text is sent before the user's`;
      found = { ...found, system: false, dropped: dropped(line) };
    } else {
      const line = `the prompts' stop marks are refused (${reason}): they are not sent, and cut out when answers are read`;
      found = { ...found, stop: false, dropped: dropped(line) };
    }
  }
  return found;
}

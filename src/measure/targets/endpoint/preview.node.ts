/** The most that a measurement of an endpoint can take, before anything is asked. */
import { candidatePrompts } from '../../../prompt/files.node.ts';
import { pilotDraws, pilotFamilies } from '../../../prompt/pilot.ts';
import { marksIn } from '../../../prompt/special-tokens.ts';
import type { Api } from '../../../respond/endpoint/protocol/protocol.ts';
import { mostTokens } from '../../../respond/endpoint/request/body.ts';
import type { RequestShape } from '../../../respond/endpoint/request/body.ts';
import { PROBE_MOST } from '../../../respond/endpoint/probe/probe-requests.node.ts';
import { shapeWished } from '../../../respond/endpoint/request/shape.ts';
import { planOf } from '../../plan/plan.ts';
import { questionOf } from '../../plan/question.ts';
import type { Asked, Question } from '../../plan/question.ts';
import type { MeasureSpec } from '../../plan/spec.ts';
import { firstQuestion } from './first-question.ts';
import { checkLengths } from '../../plan/prompted-spec.ts';
import type { PromptedSpec } from '../../plan/prompted-spec.ts';
import { wishesOf } from './spec.ts';
import type { EndpointSpec } from './spec.ts';
import { waysOf } from './ways.node.ts';
import type { Wanted } from './ways.node.ts';

/** What asking can take at most. */
export interface Most {
  readonly requests: number;
  readonly tokens: number;
}

/**
 * The most that a measurement would ask, without asking: of a model that doesn't think, and of one that does. With what
 * finding out about the server takes; without requests that are made again, for whatever reason.
 */
export function preview(spec: EndpointSpec): Most & { readonly tokensIfThinking: number } {
  checkLengths(spec);
  // Which of the two ways to ask a server takes is not known yet: whichever needs more.
  const apis: readonly Api[] = spec.api === null ? ['completions', 'chat'] : [spec.api];
  const each = apis.map((api) => previewOf(spec, api));
  return {
    requests: Math.max(...each.map(({ requests }) => requests)),
    tokens: Math.max(...each.map(({ tokens }) => tokens)),
    tokensIfThinking: Math.max(...each.map(({ tokensIfThinking }) => tokensIfThinking)),
  };
}

function previewOf(spec: EndpointSpec, api: Api): Most & { readonly tokensIfThinking: number } {
  const wishes = wishesOf(spec);
  const shape = shapeWished(wishes, api);
  const thinking = { ...shape, thinkTokens: wishes.thinkTokens };
  const { requests, tokens } = PROBE_MOST;
  const plain = mostOfPrompts(spec, api, shape);
  const others = waysOf(spec, api).reduce((sum, way) => sum + otherRequests(way, api, spec), 0);
  return {
    requests: requests + plain.requests + others,
    tokens: tokens + plain.tokens,
    tokensIfThinking: tokens + mostOfPrompts(spec, api, thinking).tokens,
  };
}

/** All prompts, in every way of asking, and those of a pilot. */
export function mostOfPrompts(spec: PromptedSpec & ByLikelihood, api: Api, shape: RequestShape): Most {
  const most = { requests: 0, tokens: 0 };
  for (const way of waysOf(spec, api)) {
    const pilot = pilotQuestions(way, api, spec);
    const { requests, tokens } = mostOfWay(way, api, spec, shape);
    most.requests += requests + pilot.length;
    most.tokens += tokens + tokensOf(pilot, shape);
  }
  return most;
}

interface ByLikelihood {
  readonly byLikelihood: boolean;
}

/** Requests for a tokenizer to cut a prompt, its source, and each mark in it twice; of chat, the one for more room. */
function otherRequests(way: readonly Wanted[], api: Api, spec: EndpointSpec): number {
  if (api === 'chat') return 1;
  const ofPrompt = ({ task, template }: Wanted): number => {
    const templates = template === null ? candidatePrompts(task.shape, api) : [template];
    return Math.max(
      ...templates.map((one) => {
        const { prompt } = firstQuestion({ task, template: one }, spec);
        return 2 + 2 * marksIn([prompt.system ?? '', prompt.text, ...prompt.stop].join('\n')).length;
      }),
    );
  };
  return way.reduce((sum, one) => sum + ofPrompt(one), 0);
}

/** With the dearest prompt that a pilot may choose for each task. */
function mostOfWay(
  way: readonly Wanted[],
  api: Api,
  spec: PromptedSpec & ByLikelihood,
  shape: RequestShape,
): Most {
  const cost = (asked: Asked): number => tokensOfTask(asked, spec, shape);
  const asked = way.map(({ task, template }) => {
    if (template !== null) return { task, template };
    const candidates = candidatePrompts(task.shape, api).map((one) => ({ task, template: one }));
    return candidates.reduce((dearest, one) => (cost(one) > cost(dearest) ? one : dearest));
  });
  return mostOf({ ...spec, asked }, shape);
}

/** All that a pilot may ask: every prompt that there is to choose, the same samples. */
function pilotQuestions(way: readonly Wanted[], api: Api, spec: PromptedSpec): Question[] {
  const open = way.filter(({ template }) => template === null).map(({ task }) => task);
  const source = sourceOf(spec);
  return pilotFamilies(open).flatMap((family) => {
    const templates = candidatePrompts(family.shape, api);
    if (templates.length < 2) return [];
    const draws = pilotDraws(family, spec);
    return family.tasks.flatMap((task) =>
      templates.flatMap((template) =>
        draws.map(({ length, index, seed }) =>
          questionOf({ task, template }, { ...source, seed }, { length, index, repeat: 0 }),
        ),
      ),
    );
  });
}

/**
 * Requests, and tokens by bytes, which is never too few. A question whose answer is to be told by likelihood may have to be
 * asked as well.
 */
export function mostOf(spec: MeasureSpec & ByLikelihood, shape: RequestShape): Most {
  const times = spec.byLikelihood ? 2 : 1;
  const tokens = spec.asked.reduce((sum, one) => sum + tokensOfTask(one, spec, shape), 0);
  return { requests: times * planOf(spec).most, tokens: times * Math.ceil(tokens) };
}

/** Samples of one length hardly differ in their bytes: of more than this many, the dearest of so many stands for all. */
const RENDERED = 25;

function tokensOfTask(asked: Asked, spec: Omit<MeasureSpec, 'asked'>, shape: RequestShape): number {
  const { lengths, maxLength, n, repeats } = spec;
  const { min, max } = asked.task.admits();
  const source = sourceOf(spec);
  const dearest = (length: number): number =>
    Math.max(
      ...Array.from({ length: Math.min(n, RENDERED) }, (_, index) =>
        tokensOf([questionOf(asked, source, { length, index, repeat: 0 })], shape),
      ),
    );
  // A search may ask all it asks at its longest length.
  if (lengths === null) return planOf({ ...spec, asked: [asked] }).most * dearest(Math.min(max, maxLength));
  const admitted = [...new Set(lengths)].filter((length) => length >= min && length <= max);
  return admitted.reduce((sum, length) => sum + n * repeats * dearest(length), 0);
}

function tokensOf(questions: readonly Question[], shape: RequestShape): number {
  return questions.reduce((sum, { prompt }) => {
    const { promptTokens, completionTokens } = mostTokens(prompt, shape);
    return sum + promptTokens + completionTokens;
  }, 0);
}

function sourceOf({ seed, rendering }: Pick<MeasureSpec, 'seed' | 'rendering'>) {
  return { fingerprint: '', seed, rendering };
}

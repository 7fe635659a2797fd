/** Two or three sentences made from the numbers, which say when these can't tell. */
import { headName } from './ablation/ablate.ts';
import type { SymbolBehaviour } from './behaviour/behaviour.ts';
import { needOf, NOTABLE, SURE } from './edges/needed.ts';
import type { NeededEdges } from './edges/needed.ts';
import type { Explanation } from './explanation.ts';
import type { Experiment } from './settings/defaults.ts';

/** @param asked the experiments that were asked for */
export function inWords(results: Omit<Explanation, 'words'>, asked: readonly Experiment[]): string[] {
  return [
    ...behaviourWords(results),
    ...headWords(results),
    ...edgeWords(results),
    ...(results.edges === null && asked.includes('edges') ? [NO_EDGES] : []),
    ...(results.paths?.length === 0 ? [NO_PATHS] : []),
  ];
}

const NO_EDGES =
  'No edges were cut: that takes a model of two layers or more, sources of three symbols or more, and answers that go on from a symbol of the source.';
const NO_PATHS =
  'No path was tried: no head that looks at the token before stands in a layer before one that is marked for following the source.';

function behaviourWords({ task, length, n, behaviour }: Omit<Explanation, 'words'>): string[] {
  const { accuracy, crossEntropy, amongSymbols, ofSets } = behaviour;
  const [does, each] = ofSets
    ? ['knows at every place which symbols may come next', 'place']
    : ['is right', 'token'];
  const known = `On ${task} at length ${length} the model ${does} in ${percent(accuracy)} of ${n} samples (cross-entropy ${crossEntropy.toFixed(2)} nats a ${each}).`;
  const saturated =
    accuracy <= 0.02
      ? ' At this accuracy nothing can be lost, so only cross-entropies and logits can tell what matters.'
      : accuracy >= 0.98
        ? ' At this accuracy small damage does not show, so cross-entropies and logits lead.'
        : '';
  return [`${known}${saturated}${sideWords(amongSymbols)}`];
}

/** Which neighbour is preferred, where that is more than samples of a model without a preference would show. */
function sideWords({ rightMinusLeft, rightMinusLeftError: error }: SymbolBehaviour): string {
  if (rightMinusLeft === null) return '';
  const by = `${Math.abs(rightMinusLeft).toFixed(2)}${error === null ? '' : ` ± ${(SURE * error).toFixed(2)}`} in logits`;
  if (Math.abs(rightMinusLeft) < Math.max(0.005, SURE * (error ?? 0)))
    return ` No preference between the neighbours of the symbol it goes on from can be told (${by}).`;
  return ` It prefers the ${rightMinusLeft > 0 ? 'right' : 'left'} neighbour of the symbol it goes on from by ${by}.`;
}

function headWords({ heads, ablations, ranking }: Omit<Explanation, 'words'>): string[] {
  if (ablations === null) return [];
  const exact = heads.flatMap((head) =>
    head.effect?.exact ? [{ head, effect: head.effect.exact.crossEntropy }] : [],
  );
  const [worst] = exact.sort((a, b) => b.effect - a.effect);
  const against = exact.at(-1);
  if (worst === undefined || against === undefined) return [];
  const single =
    worst.effect >= NOTABLE
      ? `Of single heads ${headName(worst.head)} is missed most: without it the cross-entropy rises by ${worst.effect.toFixed(2)}.`
      : exact.length === 1
        ? 'The one head that there is is not missed.'
        : `None of the ${exact.length} heads that were ablated one at a time is missed by itself.`;
  const works =
    against.effect <= -NOTABLE
      ? ` ${headName(against.head)} works against the right answer: without it the cross-entropy falls by ${Math.abs(against.effect).toFixed(2)}.`
      : '';
  const largest = ablations.at(-1);
  return [
    largest === undefined
      ? `${single}${works}`
      : `${single}${works} ${jointWords(largest, ranking!.base.crossEntropy)}`,
  ];
}

/** @param base the cross-entropy of the samples as they are, among the symbols as the others are */
function jointWords(
  { heads, crossEntropy, controls, percentile }: NonNullable<Explanation['ablations']>[number],
  base: number,
): string {
  const [who, leave] =
    heads.length === 1
      ? ['The head of the largest estimated effect', 'leaves']
      : [`The ${heads.length} heads of the largest estimated effects together`, 'leave'];
  const together = `${who}, when ablated, ${leave} a cross-entropy among the symbols of ${crossEntropy.toFixed(2)} (${base.toFixed(2)} with all heads)`;
  if (controls.crossEntropy === null || percentile === null) {
    return `${together}; there is no other set of as many heads in the same layers to compare with.`;
  }
  const beside = `as many others of the same layers ${controls.crossEntropy.toFixed(2)} on average`;
  const { tried } = controls;
  const milder = Math.round((percentile * tried) / 100);
  const sets = tried === 1 ? 'the one such set there is' : `all ${tried} such sets tried`;
  const verdict =
    milder === tried
      ? `worse than ${sets}`
      : `worse than ${milder} of ${tried} such sets${percentile >= 95 ? '' : ', so that these heads are not special by it'}`;
  return `${together}, ${beside}: ${verdict}.`;
}

function edgeWords({ edges, task }: Omit<Explanation, 'words'>): string[] {
  if (edges === null) return [];
  const say = (name: NeededEdges): string => {
    const { need, n, harm, error, otherHarm } = needOf(edges, name);
    switch (need) {
      case 'not needed':
        return `does not need the ${name} edges`;
      case 'too few samples':
        return `can't be told to need the ${name} edges by ${n} ${n === 1 ? 'sample' : 'samples'} (${signed(harm)}${error === null ? '' : ` ± ${(SURE * error).toFixed(2)}`} nats a token when they are cut)`;
      case 'as others':
        return `can't be told to need the ${name} edges: cutting others hurts nearly as much (${signed(otherHarm)} against ${signed(harm)} nats)`;
      case 'needed':
        return `needs the ${name} edges (${signed(harm)} nats a token when they are cut, ${signed(otherHarm)} for other edges)`;
    }
  };
  return [`${task} ${say('induction')}, and ${say('anti-induction')}.`];
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const signed = (x: number) => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(2)}`;

/** What a measurement notes of itself in its store, so that a report can say how everything was asked. */
import type { Json } from '../../common/json.ts';
import type { EndpointSpec } from '../measure.node.ts';
import type { Asked } from '../plan/question.node.ts';
import type { MeasureStore } from './store.node.ts';
import type { AskedTask, Sitting } from '../../score/tables/rows.ts';

/** Who asks, and with which options. */
export interface SittingNote {
  readonly lengthwise: string;
  /** As they were given, but for the values of headers. */
  readonly options: Readonly<Record<string, Json>>;
}

/** What a sitting is going to do. */
export interface SittingPlan extends Pick<Sitting, 'api' | 'alpha' | 'most' | 'prices'> {
  readonly asked: readonly Asked[];
  readonly note: SittingNote;
}

const SITTINGS = 'sittings';

/** All sittings so far, in order. */
export function sittingsOf(store: MeasureStore): Sitting[] {
  return (store.fact(SITTINGS) ?? []) as Sitting[];
}

/** Notes that a sitting begins; what is given back notes how it ended. */
export function beginSitting(
  store: MeasureStore,
  spec: EndpointSpec,
  { asked, note, ...plan }: SittingPlan,
): (ending: string) => void {
  const { lengths, n, maxLength, repeats, threshold } = spec;
  const begun: Sitting = {
    ...{ lengths, n, maxLength, repeats, threshold },
    ...plan,
    ...note,
    asked: asked.map((one) => askedTask(one, { ...spec.rendering })),
    firstRow: store.nextPlace,
    started: new Date().toISOString(),
    ended: null,
    ending: null,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
  const earlier = sittingsOf(store);
  store.setFact(SITTINGS, [...earlier, begun]);
  return (ending) =>
    store.setFact(SITTINGS, [...earlier, { ...begun, ended: new Date().toISOString(), ending }]);
}

function askedTask({ task, template }: Asked, rendering: Json): AskedTask {
  const { name, title, operation, joiner } = task;
  const { min, max } = task.admits();
  const longest = Number.isFinite(max) ? max : null;
  return { task: name, title, operation, joiner, min, max: longest, prompt: template, rendering };
}

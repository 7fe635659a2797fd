/** What the answers show of a server and its probe did not: kept for the results and for the next run, and told once. */
import type { EndpointRespondentOptions } from '../../../respond/endpoint/endpoint-respondent.node.ts';
import { isOtherModel, sameModel, withoutFolders } from '../../../respond/endpoint/protocol/model-name.ts';
import type { Api } from '../../../respond/endpoint/protocol/protocol.ts';
import {
  describeAskedModel,
  describeChange,
  describeNoticed,
  describeOtherModel,
  withFingerprint,
  withModel,
} from '../../../respond/endpoint/request/capabilities.ts';
import type { Capabilities, Revision, Thinking } from '../../../respond/endpoint/request/capabilities.ts';
import {
  describeLessRoom,
  describeUntried,
  isSettled,
  keptRoom,
} from '../../../respond/endpoint/request/room-lines.ts';
import type { LessRoom, Untried } from '../../../respond/endpoint/request/room-lines.ts';
import { describeStreamed } from '../../../respond/endpoint/streamed-answers.ts';
import type { RowStore } from '../../store/row-store.ts';

/** Writes what a store is the better for: one that can't be written says so where the answer is kept. */
export function besides(write: () => void): void {
  try {
    write();
  } catch {
    // see above
  }
}

export class Shown {
  private readonly store: RowStore;
  private readonly say: (line: string) => void;
  private readonly onTurnedUp: (note: () => void) => void;
  private readonly thinkTokens: number;
  private shown: Partial<
    Pick<Capabilities, 'noticed' | 'untried' | 'lessRoom' | 'noRoom' | 'revision' | 'answersAs'>
  > = {};
  private readonly said = new Set<string>();
  private saidChange = false;
  private saidOther = false;

  /**
   * @param thinkTokens tokens that thoughts are to have
   * @param tell what is to be said; and that the model that is asked answers for the first time, after others that were kept. What it is
   *   given notes that, which is to be kept together with what becomes of their answers
   */
  constructor(
    store: RowStore,
    thinkTokens: number,
    tell: { readonly say: (line: string) => void; readonly turnedUp: (note: () => void) => void },
  ) {
    this.store = store;
    this.thinkTokens = thinkTokens;
    this.say = tell.say;
    this.onTurnedUp = tell.turnedUp;
  }

  /** What a respondent tells. */
  listeners(
    api: Api,
    capabilities: Capabilities,
  ): Pick<
    EndpointRespondentOptions,
    | 'onThinking'
    | 'onUntried'
    | 'onLessRoom'
    | 'onNoRoom'
    | 'onStreamed'
    | 'onFingerprint'
    | 'onModel'
    | 'onAskedModel'
  > {
    return {
      onThinking: (thinking) => this.noticed(api, thinking),
      onUntried: (untried) => this.leftUntried(api, untried),
      onLessRoom: (less) => this.lessRoom(api, less),
      onNoRoom: (noRoom) => this.noRoom(api, noRoom),
      onStreamed: (streamed) => this.sayOnce(describeStreamed(streamed)),
      onFingerprint: (fingerprint) =>
        this.cameFrom(fingerprint, this.shown.revision ?? capabilities.revision),
      onModel: (model) => this.cameAs(withoutFolders(model), capabilities),
      onAskedModel: (model) => this.turnedUp(withoutFolders(model), capabilities),
    };
  }

  /** What the probe found, with what was shown since. */
  with(capabilities: Capabilities): Capabilities {
    return { ...capabilities, ...this.shown };
  }

  /** Kept for the next run, which gives room from its first question on. */
  private noticed(api: Api, thinking: Thinking): void {
    this.shown = { ...this.shown, noticed: { [api]: thinking } };
    this.keep((known) => ({ ...known, noticed: { ...known.noticed, [api]: thinking } }));
    this.say(describeNoticed(thinking));
  }

  /** Kept for the next run, which tries what this one could not. */
  private leftUntried(api: Api, untried: Untried | null): void {
    const isLeft = { [api]: untried !== null && !isSettled(untried) };
    this.shown = { ...this.shown, untried: isLeft };
    this.keep((known) => ({ ...known, untried: { ...known.untried, ...isLeft } }));
    if (untried !== null) this.sayOnce(describeUntried(untried));
  }

  /** Kept for who asks later why answers were cut. */
  private lessRoom(api: Api, less: LessRoom): void {
    const kept = keptRoom(this.shown.lessRoom?.[api], less);
    this.shown = { ...this.shown, lessRoom: { [api]: kept } };
    this.keep((known) => ({ ...known, lessRoom: { ...known.lessRoom, [api]: kept } }));
    this.sayOnce(describeLessRoom(less, this.thinkTokens));
  }

  /** Kept for the next run, which asks nothing again that has no more room. */
  private noRoom(api: Api, noRoom: Readonly<Record<string, number>>): void {
    this.shown = { ...this.shown, noRoom: { [api]: noRoom } };
    this.keep((known) => ({ ...known, noRoom: { ...known.noRoom, [api]: noRoom } }));
  }

  private sayOnce(line: string): void {
    if (this.said.has(line)) return;
    this.said.add(line);
    this.say(line);
  }

  /** An answer's fingerprint: kept for the results, and told where it is not the one that answers had until now. */
  private cameFrom(fingerprint: string, before: Revision | undefined): void {
    const revision = withFingerprint(before, fingerprint);
    if (revision === before) return;
    this.showRevision(revision);
    const last = before?.fingerprints?.at(-1);
    if (last === undefined || this.saidChange) return;
    this.saidChange = true;
    this.say(describeChange(last, fingerprint));
  }

  /** The model's name in an answer: kept for the results, and told where it is another one than before. */
  private cameAs(model: string, { answersAs, revision: probed }: Capabilities): void {
    const [asked] = answersAs;
    const before = this.shown.revision ?? probed;
    const named = before?.models ?? [];
    if (model !== asked) {
      const revision = withModel(before, model);
      if (revision !== before) this.showRevision(revision);
    }
    if (this.saidOther || named.includes(model) || !isOtherModel(model, [...answersAs, ...named])) return;
    this.saidOther = true;
    this.say(describeOtherModel(named.at(-1) ?? answersAs.at(-1) ?? asked, model));
  }

  /** The model that was asked answers, after others: these may answer no longer, and what they have said is asked again. */
  private turnedUp(model: string, { answersAs: [asked], revision: probed }: Capabilities): void {
    const { models = [], ...revision } = this.shown.revision ?? probed ?? {};
    const meant = models.filter((name) => sameModel(name, [asked]));
    const answersAs = [...new Set([asked, model])];
    const since = { answersAs, revision: { ...revision, ...(meant.length === 0 ? {} : { models: meant }) } };
    this.shown = { ...this.shown, ...since };
    this.onTurnedUp(() => this.note((known) => ({ ...known, ...since })));
    this.say(describeAskedModel(asked, model));
  }

  private showRevision(revision: Revision): void {
    this.shown = { ...this.shown, revision };
    this.keep((known) => ({ ...known, revision }));
  }

  /** Adds to what the folder knows of the server. */
  private keep(more: (known: Capabilities) => Capabilities): void {
    besides(() => this.note(more));
  }

  /** The same. @throws where the store can't be written */
  private note(more: (known: Capabilities) => Capabilities): void {
    for (const fact of ['capabilities', 'assumed']) {
      const known = this.store.fact(fact) as Capabilities | undefined;
      if (known !== undefined) this.store.setFact(fact, more(known));
    }
  }
}

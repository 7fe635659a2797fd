/** A model in a folder, answering batches of sequences in this process, which blocks while it computes. */
import type { Computing } from '../../graph/index.ts';
import path from 'node:path';
import { UserError } from '../../common/errors.ts';
import { rng } from '../../common/random.ts';
import { Answering } from '../../model/answers/answering.ts';
import { loadSymbolModel } from '../../model/parity/adapted.node.ts';
import type { PositionEncoding } from '../../model/config/config.ts';
import type { SavedModel } from '../../model/files/folder.node.ts';
import { trainedOn } from './trained-on.node.ts';
import type { TrainedOn } from './trained-on.node.ts';
import { hashOfAdapter, hashOfFiles, hashOfSetup } from '../../model/files/text/hashes.node.ts';

/** What is known of a model once it is loaded. */
export interface ModelFacts {
  /** SHA-256 of its weights' file: with its setup and the tokenizer's symbols it determines the answers. */
  readonly weights: string;
  /** SHA-256 of what says how the weights are used: the configuration and the tokenizer's files. */
  readonly setup: string;
  /** SHA-256 of an adapter's files, where one is in the weights. */
  readonly adapter?: string;
  /** The longest sequence that it reads, in tokens. */
  readonly positions: number;
  /** The symbols of its tokenizer, special ones aside. */
  readonly symbols: readonly string[];
  /** What it was trained on, where its folder says so. */
  readonly trainedOn: TrainedOn | null;
  readonly positionEncoding: PositionEncoding['kind'];
  /** Where sequences begin: at position 0 unless it says otherwise. */
  readonly offsets?: Offsets;
}

/** Each sequence begins at a position of its own, which its prompt determines: any at which it has room. */
export type Offsets = 'random';

/** Sequences of one size. */
export interface SequenceBatch {
  /** Symbols of the sources, for whoever is told how it is going. */
  readonly length: number;
  readonly prompts: readonly (readonly string[])[];
  /** The right answers, with their end where they have one: one pass is teacher-forced on them. */
  readonly drafts: readonly (readonly string[])[];
  /** Whether answers end themselves (copies), or are one symbol. */
  readonly endsItself: boolean;
}

export interface SequenceAnswer {
  readonly symbols: readonly string[];
  /** Whether the model ended it. */
  readonly ended: boolean;
}

/** How answering a batch goes. */
export type BatchWork =
  | { readonly step: 'passed'; readonly length: number; readonly count: number }
  | { readonly step: 'generated'; readonly share: number }
  | { readonly step: 'done' };

/** Tokens in one forward pass: enough for full speed, little enough for any machine's memory. */
const TOKENS_PER_PASS = 16_384;

/** How many sequences of a size are best answered at once. */
export function batchFor(promptTokens: number, answerTokens: number): number {
  return Math.max(1, Math.floor(TOKENS_PER_PASS / (promptTokens + answerTokens)));
}

export class Answerer {
  readonly facts: ModelFacts;
  private readonly model: SavedModel;
  private readonly computing: Computing;
  /** A session for the latest size: making one takes a tenth of a second. */
  private current:
    { readonly size: string; readonly batch: number; readonly answering: Answering } | undefined;

  private constructor(facts: ModelFacts, model: SavedModel, computing: Computing) {
    this.facts = facts;
    this.model = model;
    this.computing = computing;
  }

  /** @throws UserError in one line for a folder that is no model, or a damaged one */
  static async open(
    folder: string,
    computing: Computing,
    { adapter, offsets }: { readonly adapter?: string; readonly offsets?: Offsets } = {},
  ): Promise<Answerer> {
    const model = await loadSymbolModel(folder, { adapter });
    const { config, tokenizer } = model;
    if (model.ofSets)
      throw new UserError(
        `${folder}: it says which symbols may come next, not which one comes (GPT2BCELMHeadModel in its config.json), so it answers no task; lengthwise explain ${folder} --samples FILE takes it`,
      );
    if (offsets !== undefined && config.positionEncoding.kind !== 'learned')
      throw new UserError(
        `${folder}: sequences begin elsewhere than at position 0 only where positions are learned (this model: ${config.positionEncoding.kind})`,
      );
    const facts: ModelFacts = {
      weights: await hashOfFiles([path.join(folder, 'model.safetensors')]),
      setup: hashOfSetup(folder, SETUP_FILES),
      ...(adapter === undefined ? {} : { adapter: await hashOfAdapter(adapter) }),
      positions: config.positions,
      symbols: tokenizer.symbols,
      trainedOn: trainedOn(folder, adapter),
      positionEncoding: config.positionEncoding.kind,
      ...(offsets === undefined ? {} : { offsets }),
    };
    return new Answerer(facts, model, computing);
  }

  /**
   * Whether an answer is right is decided by one teacher-forced pass, which is what greedy generation gives; what the
   * model says instead of a right copy is generated, because what follows a first error depends on it.
   * @throws UserError for symbols that the model does not know
   */
  async answer(
    batch: SequenceBatch,
    onWork: (work: BatchWork) => void = () => undefined,
  ): Promise<SequenceAnswer[]> {
    const { tokenizer } = this.model;
    const prompts = batch.prompts.map((symbols) => tokenizer.encode(symbols));
    const drafts = batch.drafts.map((symbols) => tokenizer.encode(symbols));
    const prompt = Math.max(...prompts.map(({ length }) => length));
    const target = Math.max(...drafts.map(({ length }) => length));
    const longest = batch.endsItself ? this.roomFor(prompt, target) : target;
    const answering = await this.answering(prompts.length, prompt, longest);
    const offsets = this.offsetsOf(batch, prompt + longest - 1);
    const passed = (): void => onWork({ step: 'passed', length: batch.length, count: prompts.length });
    let ids: readonly (readonly number[])[];
    if (batch.endsItself) {
      ids = await answering.greedy(
        prompts,
        drafts,
        longest,
        tokenizer.eos,
        {
          checked: passed,
          generated: (share) => onWork({ step: 'generated', share }),
        },
        offsets,
      );
    } else {
      ids = await answering.teacherForced(
        prompts.map((tokens, i) => ({ prompt: tokens, target: drafts[i] })),
        offsets,
      );
      passed();
    }
    onWork({ step: 'done' });
    return ids.map((answer) => ({
      symbols: answer.map((id) => tokenizer.tokens[id] ?? `<${id}>`),
      ended: !batch.endsItself || answer.length < longest,
    }));
  }

  async close(): Promise<void> {
    await this.current?.answering.release();
    this.current = undefined;
  }

  /** @param needed tokens that are read of a sequence, at most */
  private offsetsOf({ prompts }: SequenceBatch, needed: number): readonly number[] | undefined {
    const { offsets, positions } = this.facts;
    if (offsets === undefined) return undefined;
    return prompts.map((symbols) => rng('offset', symbols.join(' ')).below(positions - needed + 1));
  }

  /** Room to see a copy that goes on after its end, as far as the model has positions. */
  private roomFor(prompt: number, target: number): number {
    const room = this.facts.positions - prompt + 1;
    return Math.max(target, Math.min(room, target + 2 + Math.ceil(target / 4)));
  }

  private async answering(count: number, prompt: number, target: number): Promise<Answering> {
    const size = `${prompt} ${target}`;
    if (this.current?.size === size && this.current.batch >= count) return this.current.answering;
    await this.close();
    const { config, weights } = this.model;
    const group = { batch: count, prompt, target };
    const answering = await Answering.create(config, weights, group, this.computing);
    this.current = { size, batch: count, answering };
    return answering;
  }
}

/** Files beside the weights that change what they compute (a rotary base, say), or what a token is. */
const SETUP_FILES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
];

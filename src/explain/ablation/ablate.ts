/**
 * What is left without some heads: their output (`z`, before the output matrix) at every position of the samples is put to
 * something that knows nothing of the sample; demonstrations stay as they are.
 */
import { UserError } from '../../common/errors.ts';
import { amongSymbols } from '../behaviour/behaviour.ts';
import type { SymbolBehaviour } from '../behaviour/behaviour.ts';
import type { Batch, PassOptions, Passes } from '../passes/passes.ts';
import type { AblationKind } from '../settings/defaults.ts';
import { zSites } from '../passes/passes.ts';
import type { Head } from './head.ts';

export { headName } from './head.ts';
export type { Head } from './head.ts';

/** Samples without heads. */
export class Ablation {
  readonly passes: Passes;
  readonly kind: AblationKind;
  /** By layer, what is put in the place of z: [n, T, H, d]. */
  private readonly values: readonly Float32Array[];

  private constructor(passes: Passes, kind: AblationKind, values: readonly Float32Array[]) {
    this.passes = passes;
    this.kind = kind;
    this.values = values;
  }

  /** @throws UserError for a single sample, unless heads are put to zero: it has neither a mean nor another sample */
  static async of(passes: Passes, kind: AblationKind): Promise<Ablation> {
    const n = passes.set.shots.length;
    if (n === 1 && kind !== 'zero') {
      const { task, length } = passes.set;
      throw new UserError(
        `${task} at length ${length}: one sample, and ${kind} ablation takes values from others: give more samples, or leave ablations out (--only behaviour,heads,edges)`,
      );
    }
    const [first, ...rest] = passes.set.shots.map(({ prefix, tail }) => [...prefix, ...tail].join());
    if (kind !== 'zero' && rest.every((other) => other === first)) {
      const { task, length } = passes.set;
      throw new UserError(
        `${task} at length ${length}: ${n} samples that are all the same, and ${kind} ablation takes values from others: give different ones, or leave ablations out (--only behaviour,heads,edges)`,
      );
    }
    const { z } = await passes.clean();
    const donors = donorsOf(passes);
    const values = z.map((numbers) => {
      if (kind === 'zero') return new Float32Array(numbers.length);
      return kind === 'mean' ? meanOf(numbers, n) : fromDonors(numbers, donors);
    });
    return new Ablation(passes, kind, values);
  }

  /** What would be changed of z: values less z, [n, T, H, d] of a layer. */
  async change(layer: number): Promise<Float32Array> {
    const z = (await this.passes.clean()).z[layer];
    return this.values[layer].map((value, i) => value - z[i]);
  }

  /**
   * The stream before the first layer, [n, T, D], that lies on the way from the one that takes its place (share 0) to the samples'
   * own (share 1): that of another sample, or the mean.
   * @throws UserError where heads are put to zero: a stream of zeros is no sample
   */
  async inputOnTheWay(share: number): Promise<Float32Array> {
    const [own] = (await this.passes.clean()).streams;
    if (this.kind === 'zero')
      throw new UserError(
        'zero ablation has no input to integrate from: take resample or mean, or one gradient',
      );
    const other =
      this.kind === 'mean'
        ? meanOf(own, this.passes.set.shots.length)
        : fromDonors(own, donorsOf(this.passes));
    return own.map((value, i) => other[i] + share * (value - other[i]));
  }

  /** How the samples fare without heads. */
  async without(heads: readonly Head[]): Promise<SymbolBehaviour> {
    return amongSymbols(this.passes.set, await this.passes.scores(this.options(heads)));
  }

  /** The pass without heads. */
  options(heads: readonly Head[]): PassOptions {
    const byLayer = new Map<number, number[]>();
    for (const { layer, head } of heads) byLayer.set(layer, [...(byLayer.get(layer) ?? []), head]);
    const { layers } = this.passes.config;
    const names = zSites(layers);
    return {
      from: Math.min(...byLayer.keys(), layers - 1),
      mustChange: 'none', // a head may do nothing
      edits: (batch) =>
        [...byLayer].map(([layer, own]) => ({
          site: names[layer],
          values: this.atSite(this.passes.part(this.values[layer], batch), layer, batch),
          mask: this.atSite(this.mask(own, batch), layer, batch),
        })),
    };
  }

  /** 1 for these heads, [B, T, H, d]. */
  private mask(own: readonly number[], { shots }: Batch): Float32Array {
    const { positions, config } = this.passes;
    const { heads } = config;
    const size = this.values[0].length / (this.passes.set.shots.length * positions * heads);
    const mask = new Float32Array(shots.length * positions * heads * size);
    for (let row = 0; row < shots.length * positions; row++) {
      for (const head of own) mask.fill(1, (row * heads + head) * size, (row * heads + head + 1) * size);
    }
    return mask;
  }

  /** The last layer has the answer's rows only. */
  private atSite(numbers: Float32Array, layer: number, { shots }: Batch): Float32Array {
    const { positions, rows, config } = this.passes;
    if (layer < config.layers - 1 || rows === positions) return numbers;
    const whole = numbers.length / shots.length;
    const own = (whole / positions) * rows;
    const result = new Float32Array(own * shots.length);
    for (let s = 0; s < shots.length; s++) {
      result.set(numbers.subarray((s + 1) * whole - own, (s + 1) * whole), s * own);
    }
    return result;
  }
}

/** Of each sample another one: the next in the next set of demonstrations, so that neither prompt nor sample is its own. */
export function donorsOf({ set }: Passes): number[] {
  const { shots } = set;
  const groups: number[][] = [];
  shots.forEach((shot, i) => {
    const isNew = i === 0 || shot.prefix.join() !== shots[i - 1].prefix.join();
    if (isNew) groups.push([]);
    groups[groups.length - 1].push(i);
  });
  return groups.flatMap((group, g) => {
    const next = groups[(g + 1) % groups.length];
    return group.map((_, i) => next[(i + 1) % next.length]);
  });
}

function fromDonors(numbers: Float32Array, donors: readonly number[]): Float32Array {
  const size = numbers.length / donors.length;
  const result = new Float32Array(numbers.length);
  donors.forEach((donor, i) => result.set(numbers.subarray(donor * size, (donor + 1) * size), i * size));
  return result;
}

function meanOf(numbers: Float32Array, n: number): Float32Array {
  const size = numbers.length / n;
  const sums = new Float64Array(size);
  for (let i = 0; i < numbers.length; i++) sums[i % size] += numbers[i];
  return Float32Array.from(numbers, (_, i) => sums[i % size] / n);
}

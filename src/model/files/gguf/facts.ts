/** Reading what the header of a GGUF file says of a model: typed, and nothing that changes logits passed over. */
import { UserError } from '../../../common/errors.ts';
import type { Fact, GgufHeader } from './header.ts';

/**
 * The facts of one architecture, `llama.block_count` as `block_count`. Every key that is asked for is taken note of:
 * `refuseOthers` then names those that nobody asked for.
 */
export class Facts {
  readonly architecture: string;
  private readonly header: GgufHeader;
  private readonly where: string;
  private readonly asked = new Set<string>();

  /** @param where what to call the file in errors */
  constructor(header: GgufHeader, where: string) {
    this.header = header;
    this.where = where;
    const architecture = header.facts.get('general.architecture');
    if (typeof architecture !== 'string') throw this.fault("'general.architecture' is no text");
    this.architecture = architecture;
  }

  /** @throws UserError where it is missing and nothing else is said, or no number */
  number(key: string, otherwise?: number): number {
    const value = this.value(key);
    if (value === undefined && otherwise !== undefined) return otherwise;
    if (typeof value === 'number') return value;
    throw this.fault(`'${this.architecture}.${key}' is ${value === undefined ? 'missing' : 'no number'}`);
  }

  optionalNumber(key: string): number | undefined {
    return this.value(key) === undefined ? undefined : this.number(key);
  }

  /** A number, or the same number once a layer: files of models whose layers differ are refused. */
  numberOfEachLayer(key: string, otherwise: number): number {
    const value = this.value(key);
    if (!Array.isArray(value)) return this.number(key, otherwise);
    const [first] = value as readonly Fact[];
    if (typeof first === 'number' && value.every((one) => one === first)) return first;
    throw this.fault(`'${this.architecture}.${key}' differs between layers, which is not supported`);
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'string') return value;
    throw this.fault(`'${this.architecture}.${key}' is no text`);
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.value(key) ?? otherwise;
    if (typeof value === 'boolean') return value;
    throw this.fault(`'${this.architecture}.${key}' is no truth value`);
  }

  hasTensor(name: string): boolean {
    return this.header.tensors.has(name);
  }

  /** @throws UserError where there is none */
  shapeOf(name: string): readonly number[] {
    const tensor = this.header.tensors.get(name);
    if (tensor === undefined) throw this.fault(`tensor '${name}' is missing`);
    return tensor.shape;
  }

  /** Keys that say nothing about logits. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.asked.add(key);
  }

  /** @throws UserError for facts of the architecture that nobody asked for: they may change what the model computes */
  refuseOthers(): void {
    const prefix = `${this.architecture}.`;
    const others = [...this.header.facts]
      .filter(
        ([key, value]) =>
          key.startsWith(prefix) && !this.asked.has(key.slice(prefix.length)) && isSaying(value),
      )
      .map(([key]) => `'${key.slice(0, 100)}'`);
    if (others.length > 0) throw this.fault(`not supported: ${others.slice(0, 10).join(', ')}`);
  }

  fault(what: string): UserError {
    return new UserError(`${this.where}: ${what}`);
  }

  private value(key: string): Fact | undefined {
    this.asked.add(key);
    return this.header.facts.get(`${this.architecture}.${key}`);
  }
}

/** 0, false and nothing are what a file says where a model has no such thing (no experts, say). */
function isSaying(value: Fact): boolean {
  return value !== 0 && value !== false && value !== '';
}

/** lm-evaluation-harness writes a sample once for each of its filters: what was answered once counts once. */
import { canonicalJson } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import type { Fields } from './fields.ts';

/** Tells the lines of further filters from those of a first one. */
export class FilteredTwice {
  /** By the document and its outputs: how many lines each filter has. */
  private readonly lines = new Map<string, Map<string, number>>();

  /**
   * Reads one record.
   * @returns whether another filter's line before it has the same outputs to the same document. The same filter's has not: these
   * are two runs.
   */
  isAgain({ doc_id: id, doc, target, arguments: sent, filter, resps }: Fields): boolean {
    if (typeof filter !== 'string' || id === undefined || resps === undefined) return false;
    const document = sha256(canonicalJson([id, doc, target, sent, resps].map((part) => part ?? null)));
    const filters = this.lines.get(document) ?? new Map<string, number>();
    this.lines.set(document, filters);
    const counted = Math.max(0, ...filters.values());
    const own = (filters.get(filter) ?? 0) + 1;
    filters.set(filter, own);
    return own <= counted;
  }
}

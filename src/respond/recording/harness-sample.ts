/** Samples of ours in the logs of the harnesses that they were exported for: where each keeps the row that it was given. */
import { isRecord, parseJsonAsWritten } from '../../common/json.ts';
import type { Fields } from './fields.ts';

/** The line of `samples.jsonl` in a record of lm-evaluation-harness (`doc.sample`, a text), Inspect or promptfoo (`metadata.row`); null elsewhere. */
export function harnessSample({ doc, metadata }: Fields): Fields | null {
  const kept = isRecord(doc) ? doc.sample : isRecord(metadata) ? metadata.row : undefined;
  const row = typeof kept === 'string' ? parsed(kept) : kept;
  return isRecord(row) && typeof row.task === 'string' && isRecord(row.reading) ? row : null;
}

function parsed(text: string): unknown {
  try {
    return parseJsonAsWritten(text);
  } catch {
    return null;
  }
}

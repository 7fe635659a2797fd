/** A prompt as the file that `measure --prompt` takes. */
import { Document, visit } from 'yaml';
import type { PromptTemplate } from '../../prompt/template.ts';

/** @param about lines of a comment at its head */
export function promptFile(template: PromptTemplate, about: readonly string[]): string {
  const fields = Object.entries(template).filter(([name, value]) => name !== 'name' && value !== undefined);
  const head = about.map((line) => `# ${line.replaceAll(/[\r\n\u2028\u2029]+/g, ' ')}\n`).join('');
  const document = new Document(Object.fromEntries(fields));
  // What ends in white space is easier read, and edited, between quotation marks.
  visit(document, {
    Scalar: (key, scalar) => {
      if (key !== 'key' && typeof scalar.value === 'string' && /\s$/.test(scalar.value))
        scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return head + document.toString({ lineWidth: 0 });
}

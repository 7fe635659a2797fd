/** What `fix` prints for people. */
import type { FixResult, MitigationResult, WayResult } from '../../fix/outcome/rows.ts';
import {
  besidePlain,
  comparedText,
  counted,
  fewSamplesText,
  openText,
  pText,
  recommendedIn,
  secondsText,
  theoryText,
  tooLongText,
  tokensText,
  wayHorizonText,
  whyNoneSentence,
} from '../../fix/outcome/text.ts';
import { percent, percentDifference, percentDifferenceRange } from '../../score/tables/percent.ts';
import { textTable } from '../measure/tables.ts';

export function fixText(result: FixResult): string {
  const { plain, mitigations, task, target, threshold } = result;
  const table = textTable(
    [
      '',
      'right',
      'of',
      'accuracy',
      'no answer',
      'better by',
      '95 %',
      'p',
      'tokens',
      's',
      'horizon',
      'theory',
    ],
    [plainRow(plain, threshold), ...mitigations.map((one) => mitigationRow(one, threshold))],
  );
  return `${[
    `${task} of ${counted(plain.length, 'symbol')}, asked of ${target}; horizon at ${percent(threshold)}`,
    table,
    ...notes(result),
    '',
    conclusion(result),
  ].join('\n')}\n`;
}

function wayCells({ right, n, accuracy, abstained, accuracyOfAnswers }: WayResult): string[] {
  return [
    String(right),
    String(n),
    n === 0 ? '–' : percent(accuracy),
    abstained === 0 ? '–' : String(abstained),
    abstained === 0 || accuracyOfAnswers === null ? '–' : percent(accuracyOfAnswers),
  ];
}

function endCells(way: WayResult, threshold: number): string[] {
  return [tokensText(way), secondsText(way), wayHorizonText(way, threshold)];
}

function plainRow(plain: WayResult, threshold: number): string[] {
  return ['plain', ...wayCells(plain), '', '', '', ...endCells(plain, threshold), ''];
}

function mitigationRow(one: MitigationResult, threshold: number): string[] {
  const { name, difference, low, high, pAdjusted } = one;
  return [
    name,
    ...wayCells(one),
    ...(one.n === 0
      ? ['–', '–', '–']
      : [percentDifference(difference), percentDifferenceRange(low, high), pText(pAdjusted)]),
    ...endCells(one, threshold),
    theoryText(one),
  ];
}

function notes(result: FixResult): string[] {
  const { mitigations, chunk, plain } = result;
  const warnings = [tooLongText(result), fewSamplesText(result)].filter((one) => one !== null);
  const open = openText([plain, ...mitigations]);
  return [
    ...(chunk === null
      ? []
      : [
          `${chunk.size === null ? 'no parts are cut, since not all copies are right' : `parts of ${chunk.size}`}: ${chunk.tried.map(({ length, n: of, right }) => `${right} of ${of} copies of ${length} right`).join(', ')}`,
        ]),
    ...shorter(result),
    `p is corrected for ${comparedText(result)}; no answer counts as not right`,
    ...(open === null ? [] : [open]),
    ...warnings.map((one) => `WARNING: ${one}`),
  ];
}

/** The table has the length that is wanted; the plain prompt may also, or only, fall short at shorter ones. */
function shorter({ plain, toMend, mitigations }: FixResult): string[] {
  return plain.lengths
    .filter(({ length }) => length < plain.length && toMend.includes(length))
    .map(({ length, right, n }) => {
      const ways = mitigations.flatMap((one) => {
        const beside = besidePlain(one, length);
        return beside === null ? [] : [`${one.name} ${beside}`];
      });
      return [`plain is not shown to hold at ${length}: ${right} of ${n}`, ...ways].join('; ');
    });
}

function conclusion(result: FixResult): string {
  const found = recommendedIn(result);
  if (found === null) return whyNoneSentence(result) ?? '';
  return [
    `Recommended: ${found.name} (${found.title}), asked with the prompt${found.prompts.length === 1 ? '' : 's'} ${found.prompts.join(' and ')}.`,
    `Why it is right: ${found.identity}.`,
    `Theory: ${found.theory.text}.`,
  ].join('\n');
}

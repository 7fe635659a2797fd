/** What `fix` prints for people. */
import type { FixResult, MitigationResult, WayResult } from '../../fix/outcome/rows.ts';
import {
  fewSamplesText,
  pText,
  recommendedIn,
  secondsText,
  theoryText,
  tooLongText,
  tokensText,
  wayHorizonText,
  whyNone,
} from '../../fix/outcome/text.ts';
import { percent, percentDifference, percentDifferenceRange } from '../../score/tables/percent.ts';
import { textTable } from '../measure/tables.ts';

export function fixText(result: FixResult): string {
  const { plain, mitigations, task, target } = result;
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
    [plainRow(plain), ...mitigations.map((one) => mitigationRow(one))],
  );
  return `${[
    `${task} of ${plain.length} symbols, asked of ${target}; horizon at ${percent(result.threshold)}`,
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

function endCells(way: WayResult): string[] {
  return [tokensText(way), secondsText(way), wayHorizonText(way)];
}

function plainRow(plain: WayResult): string[] {
  return ['plain', ...wayCells(plain), '', '', '', ...endCells(plain), ''];
}

function mitigationRow(one: MitigationResult): string[] {
  const { name, difference, low, high, pAdjusted } = one;
  return [
    name,
    ...wayCells(one),
    ...(one.n === 0
      ? ['–', '–', '–']
      : [percentDifference(difference), percentDifferenceRange(low, high), pText(pAdjusted)]),
    ...endCells(one),
    theoryText(one),
  ];
}

function notes(result: FixResult): string[] {
  const { mitigations, chunk, plain } = result;
  const warnings = [tooLongText(result), fewSamplesText(result)].filter((one) => one !== null);
  const open = [plain, ...mitigations].filter(({ horizon, holds, length }) => horizon === length && !holds);
  return [
    ...(chunk === null
      ? []
      : [
          `${chunk.size === null ? 'no parts are cut, since not all copies are right' : `parts of ${chunk.size}`}: ${chunk.tried.map(({ length, n: of, right }) => `${right} of ${of} copies of ${length} right`).join(', ')}`,
        ]),
    `p is corrected for ${mitigations.length} mitigation${mitigations.length === 1 ? '' : 's'}; no answer counts as not right`,
    ...(open.length === 0
      ? []
      : [
          `?: reached by its own limits, not after correction for two looks and for how many were tried (docs/fix.md)`,
        ]),
    ...warnings.map((one) => `WARNING: ${one}`),
  ];
}

function conclusion(result: FixResult): string {
  const none = whyNone(result);
  const found = recommendedIn(result);
  if (none !== null || found === null) return sentence(result, none ?? '');
  return [
    `Recommended: ${found.name} (${found.title}), asked with the prompt${found.prompts.length === 1 ? '' : 's'} ${found.prompts.join(' and ')}.`,
    `Why it is right: ${found.identity}.`,
    `Theory: ${found.theory.text}.`,
  ].join('\n');
}

function sentence({ task, plain, incomplete }: FixResult, why: string): string {
  if (incomplete !== null) return why;
  const said = plain.holds ? why.replace(/^it /, `${task} `) : why[0].toUpperCase() + why.slice(1);
  return `${said.replace('; better', '. Better')}.`;
}

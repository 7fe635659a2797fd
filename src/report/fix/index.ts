/** The page of what `lengthwise fix` found: what to do, how every way of asking did, and what theory says of it. */
import {
  askedText,
  besidePlain,
  comparedText,
  fewSamplesText,
  recommendedIn,
  tooLongText,
  whyNoneSentence,
} from '../../fix/outcome/text.ts';
import type { FixResult } from '../../fix/outcome/rows.ts';
import { percent } from '../../score/tables/percent.ts';
import { waysFigure } from '../shared/fix/ways.ts';
import { html } from '../shared/html.ts';
import type { Html } from '../shared/html.ts';
import { page } from '../shared/page.ts';
import { facts, figureOf } from '../shared/parts.ts';
import { question } from '../shared/question.ts';
import { wordsOfTask } from '../shared/words.ts';

/** The page as the text of one HTML file. The same result gives the same text. */
export function renderFixReport(result: FixResult): string {
  return page(
    `${result.task} · fix · lengthwise`,
    [
      { anchor: 'found', text: 'What to do' },
      { anchor: 'ways', text: 'Every way that was tried' },
      { anchor: 'theory', text: 'Why, and what theory says' },
      { anchor: 'numbers', text: 'How it was measured' },
    ],
    html`${head(result)} ${found(result)} ${ways(result)} ${theory(result)} ${measured(result)}`,
  );
}

function head({ task, plain, target }: FixResult): Html {
  return html`<header>
    <p class="kicker">lengthwise · fix · ${task} of ${plain.length}</p>
    <h1>${target}</h1>
    <p class="lead">What makes ${task} hold up to ${plain.length}.</p>
  </header>`;
}

function found(result: FixResult): Html {
  const { task, incomplete, handedOver } = result;
  const words = wordsOfTask(task);
  const warnings = [tooLongText(result), fewSamplesText(result)].filter((one) => one !== null);
  return html`<section id="found" aria-label="What to do">
    ${words && question(words)}
    ${incomplete === null ? conclusion(result) : html`<p>Incomplete: ${incomplete}. The same command goes on.</p>`}
    ${warnings.map((one) => html`<p>Warning: ${one}.</p>`)}
    ${
      handedOver &&
      html`<p>
        The files beside this page are those of <strong>${handedOver.name}</strong>: prompts, and what code
        does, in TypeScript and in Python.
      </p>`
    }
  </section>`;
}

function conclusion(result: FixResult): Html {
  const best = recommendedIn(result);
  const asked = html`<p>${askedText(result, best)}</p>`;
  if (best === null)
    return html`${asked}
      <p>${whyNoneSentence(result)}</p>`;
  return html`${asked}
    <p>
      <strong>${best.name}</strong>: ${best.title}. Right: ${besidePlain(best, best.helpsAt ?? best.length)}.
    </p>`;
}

function ways(result: FixResult): Html {
  return html`<section id="ways" aria-label="Every way that was tried">
    <h2>Every way that was tried</h2>
    ${figureOf(waysFigure(result), 'ways-accuracy')}
  </section>`;
}

function theory({ mitigations }: FixResult): Html {
  return html`<section id="theory" aria-label="Why, and what theory says">
    <h2>Why, and what theory says</h2>
    ${mitigations.map(
      ({ name, title, identity, prompts, theory: { task, verdict, kind, text } }) =>
        html`<h3>${name}</h3>
          <p>${title}. <code>${identity}</code></p>
          <p>Prompt: ${prompts.join('; ')}.</p>
          <p>${kind === 'proved' ? `${task ?? ''}: ${verdict ?? ''}` : kind}; ${text}.</p>`,
    )}
  </section>`;
}

function measured(result: FixResult): Html {
  const { seed, n, chunk, threshold, samples } = result;
  return html`<section id="numbers" aria-label="How it was measured">
    <h2>How it was measured</h2>
    ${facts([
      ['samples a length', n],
      ['seed', seed],
      ['threshold', percent(threshold)],
      [
        'different samples',
        samples
          .map(({ length, drawn, different }) => `${different} of ${drawn} of length ${length}`)
          .join(', '),
      ],
      ['p', `McNemar’s exact test, corrected for ${comparedText(result)} (Holm)`],
      ...(chunk === null
        ? []
        : [
            [
              'parts',
              `${chunk.size === null ? 'none, since not all copies are right' : `of ${chunk.size}`} (${chunk.tried.map(({ length, right, n: of }) => `${length}: ${right} of ${of}`).join(', ')})`,
            ] as const,
          ]),
    ])}
  </section>`;
}

import { expect, it } from 'vitest';
import { labelledLanguages } from '../../../test/fixtures/predict/languages.ts';
import { languageOf } from '../subjects.ts';
import { otherVerdicts, predictLanguage } from './predict-language.ts';

it.each(['plain', 'pos'] as const)(
  'other ways to ask about a language get the verdict that asking so would get, from %s',
  (fragment) => {
    for (const { regex } of labelledLanguages().filter((_, i) => i % 5 === 0)) {
      const { dfa, about } = languageOf(regex);
      for (const read of ['eos', 'last'] as const) {
        const prediction = predictLanguage(dfa, about, { fragment, read });
        const { otherRead, withPositions } = otherVerdicts(dfa, prediction);
        const elsewhere = predictLanguage(dfa, about, { fragment, read: read === 'eos' ? 'last' : 'eos' });
        const isOutOfPlain = fragment === 'plain' && prediction.verdict === 'out';
        const inPositions = predictLanguage(dfa, about, { fragment: 'pos', read }).verdict;
        expect([regex, read, otherRead, withPositions]).toEqual([
          regex,
          read,
          elsewhere.verdict,
          isOutOfPlain ? inPositions : null,
        ]);
      }
    }
  },
);

/**
 * promptfoo: a configuration with a test a sample, and an assertion that is our own scoring
 * (https://www.promptfoo.dev/docs/configuration/reference/).
 */
import { mostTokensOf, stopsOf, yamlOf } from './format.ts';
import type { ExportFormat } from './format.ts';
import type { ExportApi, ExportedSample } from './samples.ts';

export const promptfoo: ExportFormat = {
  title: 'promptfoo',
  api: 'chat',
  data: { 'score.mjs': 'promptfoo_score.mjs' },
  scoring: true,
  files: (samples, api) => ({
    'promptfooconfig.yaml': configuration(samples, api),
    'tests.jsonl': samples.map((sample) => `${JSON.stringify(testOf(sample))}\n`).join(''),
    ...(api === 'chat' ? { 'chat.json': chatPrompt(samples) } : {}),
  }),
  command: () =>
    'LENGTHWISE_MODEL=MODEL OPENAI_BASE_URL=http://127.0.0.1:8000/v1 OPENAI_API_KEY=none npx promptfoo eval -c promptfooconfig.yaml --no-cache',
};

function configuration(samples: readonly ExportedSample[], api: ExportApi): string {
  const kind = api === 'chat' ? 'chat' : 'completion';
  const stop = stopsOf(samples);
  return yamlOf({
    description: 'lengthwise',
    prompts: [api === 'chat' ? 'file://chat.json' : '{{prompt}}'],
    providers: [
      {
        id: `openai:${kind}:{{env.LENGTHWISE_MODEL}}`,
        config: {
          temperature: 0,
          max_tokens: mostTokensOf(samples),
          ...(stop.length === 0 ? {} : { stop }),
        },
      },
    ],
    defaultTest: { assert: [{ type: 'javascript', value: 'file://score.mjs' }] },
    tests: 'file://tests.jsonl',
  });
}

/** The messages as promptfoo fills them: `dump` writes a text as JSON. */
function chatPrompt(samples: readonly ExportedSample[]): string {
  const system = samples.some((sample) => sample.system !== null)
    ? '{"role": "system", "content": {{ system | dump }}},\n  '
    : '';
  return `[\n  ${system}{"role": "user", "content": {{ prompt | dump }}}\n]\n`;
}

/** The results of promptfoo have the metadata of their test: with the whole sample in it, `replay` reads them. */
function testOf(sample: ExportedSample): object {
  const { id, prompt, system, task, length } = sample;
  return {
    description: id,
    vars: { id, prompt: verbatim(prompt), ...(system === null ? {} : { system: verbatim(system) }) },
    metadata: { task, length, row: sample },
  };
}

/** promptfoo fills templates in values, too: a text with their marks is to stay as it is. */
function verbatim(text: string): string {
  return /\{[{%#]/.test(text) ? `{% raw %}${text}{% endraw %}` : text;
}

import { expect, it } from 'vitest';
import { statusFault } from '../reply/faults.ts';
import { nothingWorks } from './nothing-works.ts';

const refuser = { keyFrom: null, redact: (text: string) => text };

/** What is said where both ways to ask are refused so, by a server that lists no models. */
const said = (status: number, body: object | string, address = 'http://h/v1'): string => {
  const reply = { status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) };
  const fault = statusFault(reply, (text) => text, 0);
  const tried = (['completions', 'chat'] as const).map((api) => ({ api, fault }));
  const endpoint = { ...refuser, address };
  return nothingWorks({ endpoint, tried, models: null, beneath: false, model: 'm' }).message;
};

it.each([
  ['vLLM', { object: 'error', message: 'The model `m` does not exist.', type: 'NotFoundError', code: 404 }],
  ['Ollama', { error: { message: "model 'm' not found", type: 'not_found_error' } }],
])('a model that is not there is what is said to be wrong, and not the address: %s', (_, body) => {
  expect(said(404, body)).toMatch(/^http:\/\/h\/v1 has no model 'm' \(completions: status 404: /);
});

it.each([
  { detail: 'Not Found' },
  '<html>404 Not Found</html>',
  { error: { message: 'Resource not found' } },
])('of an address that is not there, the address is, and its usual end where it has another: %j', (body) => {
  expect(said(404, body, 'http://h/api')).toMatch(
    /^nothing at .*; the address ends in \/v1 on most servers$/,
  );
  expect(said(404, body)).toMatch(/^nothing at http:\/\/h\/v1 answers \(.*\)$/);
  expect(said(404, body, 'http://h/v1?api-version=1')).toMatch(/ answers \(.*\)$/);
});

import { describe, expect, it } from 'vitest';
import { checkExtra } from '../request/extra.ts';
import { addressOf, endpointUrl, pathFor } from './address.ts';
import { credentials } from './secrets.ts';

const KEY = 'sk-very-secret-0123456789';

describe('secrets', () => {
  it('are the key, what comes from variables, and headers for keys; a title in the clear is none', () => {
    const given = [
      'X-Title: completion',
      'X-Team: env:TEAM',
      'X-Api-Key: plain-key-77',
      'Authorization: Basic env:BASIC',
    ];
    const { redact, holdsKey } = credentials(
      { LENGTHWISE_API_KEY: KEY, TEAM: 'team-4711-x', BASIC: 'dXNlcjpwYXNz' },
      given,
    );
    const said = `completion ${KEY} team-4711-x plain-key-77 dXNlcjpwYXNz`;
    expect(redact(said)).toBe('completion [secret] [secret] [secret] [secret]');
    for (const secret of [KEY, 'team-4711-x', 'plain-key-77', 'dXNlcjpwYXNz']) {
      expect(holdsKey({ deep: [{ text: `a ${secret} b` }] })).toBe(true);
    }
    expect(holdsKey({ title: 'completion' })).toBe(false);
  });

  it('a short one is a secret where it is a whole word, or a whole text', () => {
    for (const key of ['1712', 'text', 'null', 'abc']) {
      const { redact, holdsKey } = credentials({ OPENAI_API_KEY: key }, []);
      expect(redact(`the key ${key} is wrong`)).toBe('the key [secret] is wrong');
      expect(holdsKey({ model: `m-${key}x`, [key]: null, n: 1712 })).toBe(false);
      expect(holdsKey({ a: key })).toBe(true);
    }
    expect(credentials({ OPENAI_API_KEY: 'a' }, []).redact('a banana')).toBe('[secret] banana');
  });

  it('are blotted out where any of their characters is escaped, in JSON, in HTML or in an address', () => {
    const key = 'ab/c+d=e&f"g-4711_Z';
    const { redact } = credentials({ TEAM: key }, ['X-Team: env:TEAM']);
    const unicode = Array.from(key, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join(
      '',
    );
    for (const form of [
      key,
      JSON.stringify(key).slice(1, -1),
      key.replaceAll('/', '\\/'),
      JSON.stringify(JSON.stringify(key.replaceAll('/', '\\/'))).slice(3, -3),
      key.replaceAll('/', '\\u002F').replaceAll('&', '\\u0026'),
      unicode,
      key.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
      key.replaceAll('/', '&#x2F;').replaceAll('&f', '&#38;f').replaceAll('"', '&#034;'),
      key.replaceAll('/', '&amp;#47;').replaceAll('&f', '&amp;f'),
      encodeURIComponent(key).toLowerCase().replace('z', 'Z'),
      encodeURIComponent(encodeURIComponent(key)),
    ]) {
      expect(redact(`no: "${form}" is wrong`)).toBe('no: "[secret]" is wrong');
    }
    expect(redact('ab/c+d \\u002f &amp; %2F')).toBe('ab/c+d \\u002f &amp; %2F');
  });

  it('with backslashes of their own are blotted out however they are escaped, and what stands around them stays', () => {
    for (const key of ['a\\\\b\\/c-4711_Z', 'a/c\\b\\\\\\4711_Z']) {
      const { redact } = credentials({ TEAM: key }, ['X-Team: env:TEAM']);
      const inJson = JSON.stringify(key).slice(1, -1);
      for (const form of [
        key,
        inJson,
        JSON.stringify(inJson).slice(1, -1),
        key.replaceAll('\\', '\\u005c'),
        key.replaceAll('\\', '&#92;').replaceAll('/', '\\/'),
        key.replaceAll('b', '\\u0062').replaceAll('/', '\\u002f'),
        inJson.replaceAll('b', '\\u0062').replaceAll('/', '\\u002f'),
      ]) {
        expect(redact(`no: "${form}" is wrong`)).toBe('no: "[secret]" is wrong');
      }
    }
  });

  it('parts of the key that stand before a mask are blotted out, each of them', () => {
    const { redact } = credentials({ LENGTHWISE_API_KEY: KEY }, []);
    const head = KEY.slice(0, 8);
    expect(redact(`a ${KEY.slice(0, 12)} b ${head}*** c ${head} d`)).toBe(
      `a [secret] b [secret]*** c ${head} d`,
    );
    expect(redact(`${head} ${head}...`)).toBe(`${head} [secret]...`);
  });

  it('are blotted out where characters that nobody sees stand between theirs, which the filters take off', () => {
    const { redact } = credentials({ LENGTHWISE_API_KEY: `${KEY}-KEY` }, []);
    const letters = Array.from(`${KEY}-KEY`);
    for (const unseen of [
      '\u200b',
      '\u200d',
      '\u2060',
      '\ufeff',
      '\u00ad',
      '\u202e',
      '\ufe0f',
      '\u{e0041}',
    ]) {
      expect(redact(`no: "${letters.join(unseen)}" is wrong`)).toBe('no: "[secret]" is wrong');
      expect(redact(`no: "${letters.join(unseen.repeat(3))}" is wrong`)).toBe('no: "[secret]" is wrong');
      expect(redact(`a${unseen}b`)).toBe(`a${unseen}b`);
    }
    // The Kelvin sign is a K once the text is in one form.
    expect(redact(`${KEY}-KEY`.replace('KEY', '\u212aEY'))).toBe('[secret]');
  });

  it('are blotted out in base64, alone and within what is encoded with them', () => {
    const { redact } = credentials({ LENGTHWISE_API_KEY: KEY }, []);
    for (const before of ['', 'u:', 'us:', 'user:', 'Bearer ']) {
      for (const after of ['', '!', '!!', '!!!!']) {
        for (const encoding of ['base64', 'base64url'] as const) {
          const said = redact(`no: ${Buffer.from(before + KEY + after).toString(encoding)} is wrong`);
          const left = said.replace('[secret]', ' ').slice(4, -9);
          expect(said).toContain('[secret]');
          expect(Buffer.from(left, 'base64').toString()).not.toMatch(/secret|0123/);
          expect(left.length).toBeLessThan(24);
        }
      }
    }
  });

  it('what the prompt says itself stays in its answer', () => {
    const { redact } = credentials({ OPENAI_API_KEY: 'word' }, []);
    expect(redact('a word', 'word list')).toBe('a word');
  });

  it('the key goes to Azure in its own header, and is not sent twice', () => {
    const azure = endpointUrl('https://x.openai.azure.com/openai/v1');
    const env = { LENGTHWISE_API_KEY: KEY, AZURE_KEY: 'azure-key-1234' };
    expect(credentials(env, [], azure).headers).toEqual({ 'api-key': KEY });
    expect(credentials(env, []).headers).toEqual({ authorization: `Bearer ${KEY}` });
    expect(credentials(env, ['api-key: env:AZURE_KEY']).headers).toEqual({ 'api-key': 'azure-key-1234' });
    expect(() => credentials(env, ['api-key: env:MISSING'])).toThrow('the variable MISSING is not set');
  });

  it('a variable that no header can hold is refused without its value', () => {
    const given = (): unknown => credentials({ A: 'first\nsecond' }, ['X-A: env:A']);
    expect(given).toThrow('the variable A holds what no header can');
    expect(given).not.toThrow('second');
  });
});

describe('fields of the user’s own', () => {
  const secrets = credentials({ LENGTHWISE_API_KEY: KEY, TEAM: 'team-4711-x' }, ['X-Team: env:TEAM']);

  it.each([
    'stream',
    'n',
    'best_of',
    'messages',
    'prompt',
    'model',
    'echo',
    'tools',
    'num_return_sequences',
    'stream_options',
  ])('%s would break what is counted: one line with the way out', (name) => {
    expect(() => checkExtra({ [name]: 1 }, secrets)).toThrow(
      new RegExp(`^--body: '${name}' is not taken: .+`),
    );
    expect(() => checkExtra({ extra_body: { [name]: 1 } }, secrets)).toThrow(/is not taken/);
  });

  it.each([[0], [-1], ['100'], [1.5], [true]])('a limit of %j is none', (limit) => {
    expect(() => checkExtra({ max_tokens: limit }, secrets)).toThrow(/max_tokens is a whole number from 1/);
  });

  it.each<[string, Record<string, never> | object]>([
    ['a field for keys', { api_key: 'something' }],
    ['one further in', { provider: { options: [{ 'x-api-key': 'something' }] } }],
    ['a text that looks like one', { user: 'sk-proj-abcdefghijklmnop' }],
    ['a header’s value', { note: 'Bearer abc.def' }],
    ['GitHub’s', { a: ['ghp_abcdefghijklmnopqrst'] }],
    ['a token of the web', { a: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abc' }],
    ['the key itself', { a: `x${KEY}` }],
    ['what came from a variable', { a: { b: 'team-4711-x' } }],
  ])('%s is refused with the way to pass it, and not repeated', (_, extra) => {
    const check = (): void => checkExtra(extra as Record<string, never>, secrets);
    expect(check).toThrow(/^--body: .*LENGTHWISE_API_KEY, or --header 'Name: env:VARIABLE'$/);
    expect(check).not.toThrow(/abcdef|eyJ|very-secret|4711/);
  });

  it('what is neither is taken', () => {
    const fine = {
      top_k: 1,
      stop: null,
      reasoning_effort: 'low',
      chat_template_kwargs: { enable_thinking: false },
      prompt_cache_key: 'run-1',
      logit_bias: { '50256': -100 },
      thinking: { type: 'enabled', budget_tokens: 1024 },
      max_tokens: 200,
      token_type: 'word',
    };
    expect(() => checkExtra(fine, secrets)).not.toThrow();
  });
});

describe('addresses', () => {
  it.each([
    ['http://a/v1', 'http://a/v1', '/v1/models'],
    ['http://a/v1/', 'http://a/v1', '/v1/models'],
    ['http://a/v1/chat/completions', 'http://a/v1', '/v1/models'],
    ['http://a/v1/completions/', 'http://a/v1', '/v1/models'],
    ['http://a', 'http://a', '/models'],
    [
      'https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21',
      'https://x.openai.azure.com/openai/deployments/d?api-version=2024-10-21',
      '/openai/deployments/d/models?api-version=2024-10-21',
    ],
  ])('%s is asked below %s', (given, address, path) => {
    const url = endpointUrl(given);
    expect(addressOf(url)).toBe(address);
    expect(pathFor(url, '/models')).toBe(path);
  });

  it.each([
    'https://router.huggingface.co/hf-inference/models/meta-llama/Llama-3.1-8B-Instruct/v1',
    'https://gateway.ai.cloudflare.com/v1/0123456789abcdef0123456789abcdef/my-gateway/openai',
    'https://us-central1-aiplatform.googleapis.com/v1/projects/p-1/locations/us-central1/endpoints/openapi',
    'http://10.0.0.1/skypilot-endpoints-of-mine/v1',
    'https://x.openai.azure.com/openai/deployments/xai-grok-4-fast-reasoning-2?api-version=2024-10-21',
    'https://x.openai.azure.com/openai/deployments/skylark-pro-32k-v1',
    'http://a/v1?api-version=2024-10-21&project=p-1&max_tokens=5&encode=no&keyspace=k',
    'http://a/v1?monkey=1&turkey=a;hockey=2&donkey_id=3&max-tokens=5&compass=n',
  ])('%s has no key in it', (given) => {
    expect(addressOf(endpointUrl(given))).toBe(given);
  });

  it.each([
    ['http://a/v1#x', 'nothing after # in the address'],
    ['http://a/v1?key=abc', "'key' in the address looks like a key"],
    ['http://a/v1?subscription-key=abc', 'looks like a key'],
    ...[
      ...[
        'openaikey',
        'hftoken',
        'groqkey',
        'geminikey',
        'myaccesskey',
        'dashscopekey',
        'api-key-1',
        'key[0]',
      ],
    ].map((name): [string, string] => [`http://a/v1?${name}=Zm9vYmFyMTIzNDU2`, 'looks like a key']),
    ['http://u:p@a/v1', 'no names and passwords'],
    ['ftp://a', 'begins with http:// or https://'],
    ['a/v1?token=secret', "not 'a/v1?…'"],
    ['a/sk-proj-very0secret1234/v1', "not '…'"],
    ['http://a/v1?user_key=secret', "'user_key' in the address looks like a key"],
    ['http://a/v1?x-functions-key=secret', "'x-functions-key'"],
    ['http://a/v1?ocp-apim-subscription-key=secret', "'ocp-apim-subscription-key'"],
    ['http://a/v1?a=b;user_key=secret', "'user_key' in the address looks like a key"],
    ['http://a/v1?a=b;c=sk-proj-secret1234', "'c' in the address looks like a key"],
    ['http://a/v1?userkey=secret', "'userkey'"],
    ['http://a/v1?APIKey=secret', "'APIKey'"],
    ['http://a/v1?accesstoken=secret', "'accesstoken'"],
    ['http://a/v1?auth[token]=secret', "'auth[token]'"],
    ['http://a/v1?key2=secret', "'key2'"],
    ['http://a/v1?apiKey=secret', "'apiKey'"],
    ['http://a/v1?api%2Dkey=secret', "'api-key'"],
    ['http://a/v1?authorization=Bearer%20secret', "'authorization'"],
    ['http://a/v1?X-Amz-Credential=AKIAIOSFODNN7secret', "'X-Amz-Credential'"],
    ['http://a/v1?x-amz-security-token=secret', "'x-amz-security-token'"],
    ['http://a/v1?jwt=secret', "'jwt'"],
    ['http://a/v1?sv=2022-11-02&sig=secret', "'sig'"],
    ['http://a/v1?user=hf_secretabcdefghijk', "'user' in the address looks like a key"],
    ['http://a/v1?for=sk-proj-secret1234', "'for'"],
    ['http://a/v1?x=eyJhbGciOiJI.eyJzdWIsecret.abc', "'x'"],
    ['http://a/v1?sk-proj-secret1234', 'the name of a parameter in the address looks like a key'],
    ['http://a/sk-proj-very0secret1234/v1', 'a part of the path in the address looks like a key'],
    ['http://a/%73k-proj-very0secret1234/v1', 'a part of the path'],
  ])('%s is refused', (given, says) => {
    expect(() => endpointUrl(given)).toThrow(says);
    expect(() => endpointUrl(given)).not.toThrow('secret');
  });
});

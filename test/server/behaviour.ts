/** How a server differs from a plain one: fields that it refuses, forms of its replies, how it sends them. As data. */
import type { ServerResponse } from 'node:http';
import zlib from 'node:zlib';
import type { Fields, Spoken } from './model.ts';

/** A request for an answer. */
export interface Asked extends Spoken {
  readonly api: 'completions' | 'chat';
  readonly body: Fields;
  readonly prompt: string;
  /** Whether the prompt is a question of ours, not one of the probe's; and how many of those there were, from 1. */
  readonly ours: boolean;
  readonly n: number;
}

/** What is sent: an object as JSON, a text as it is. */
export interface Sent {
  readonly status?: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A field that a server refuses. */
export interface Refusal {
  readonly field: string;
  /** Only with a value for which this holds. */
  readonly when?: (value: unknown) => boolean;
  /** Only by one of the two ways to ask. */
  readonly api?: 'completions' | 'chat';
  readonly status?: number;
  /** The words of the error, or its whole body. */
  readonly says: string | object;
}

export interface Behaviour {
  readonly refuses?: readonly Refusal[];
  /** What is sent for a request; null: what a plain server sends. */
  readonly answer?: (asked: Asked) => Sent | null;
  readonly headers?: (asked: Asked) => Readonly<Record<string, string>>;
  readonly encoding?: keyof typeof ENCODERS;
}

const ENCODERS = {
  gzip: (text: string): Buffer => zlib.gzipSync(text),
  deflate: (text: string): Buffer => zlib.deflateSync(text),
  'deflate-raw': (text: string): Buffer => zlib.deflateRawSync(text),
  br: (text: string): Buffer => zlib.brotliCompressSync(text),
  zstd: (text: string): Buffer => zlib.zstdCompressSync(text),
  compress: (text: string): Buffer => Buffer.from(text),
  latin1: (text: string): Buffer => Buffer.from(text, 'latin1'),
};

/** The refusal of the first field that a server does not take. */
export function refusalOf({ refuses = [] }: Behaviour, body: Fields, api: Asked['api']): Sent | null {
  const found = refuses.find(
    ({ field, when, api: only }) =>
      (only === undefined || only === api) && field in body && (when === undefined || when(body[field])),
  );
  if (found === undefined) return null;
  const { says, status = 400 } = found;
  return { status, body: typeof says === 'string' ? { error: { message: says } } : says };
}

/** What a plain server replies, with the fields of its message and of the whole changed. */
export function plainReply(asked: Asked, message: Fields = {}, whole: Fields = {}): Fields {
  const { api, body, text, finish, usage } = asked;
  const choice =
    api === 'chat'
      ? { index: 0, message: { role: 'assistant', content: text, ...message }, finish_reason: finish }
      : { index: 0, text, finish_reason: finish, ...message };
  return {
    id: 'x',
    object: 'completion',
    created: 1_712_345_678,
    model: body.model,
    choices: [choice],
    usage,
    ...whole,
  };
}

/** A plain reply whose choice has other fields. */
export function choiceReply(asked: Asked, choice: Fields, whole: Fields = {}): Fields {
  const [plain] = plainReply(asked).choices as Fields[];
  return { ...plainReply(asked), choices: [{ ...plain, ...choice }], ...whole };
}

/** Sends, and gives the text of the body. */
export function sendAs(
  response: ServerResponse,
  { status = 200, body, headers = {} }: Sent,
  more: Readonly<Record<string, string>>,
  encoding?: Behaviour['encoding'],
): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const bytes = encoding === undefined ? Buffer.from(text) : ENCODERS[encoding](text);
  const type = encoding === 'latin1' ? 'application/json; charset=iso-8859-1' : 'application/json';
  const packed =
    encoding === undefined || encoding === 'latin1'
      ? {}
      : { 'content-encoding': encoding.replace('-raw', '') };
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    ...packed,
    ...more,
    ...headers,
  });
  response.end(bytes);
  return text;
}

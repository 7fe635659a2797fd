/** What the OpenAI-compatible protocol's two ways to ask have in common: names and paths. */

export type Api = 'completions' | 'chat';

/** The headers of a reply by their names in lower case, as Node has them (whose types are not for users to need). */
export interface ResponseHeaders {
  readonly 'content-type'?: string;
  readonly 'retry-after'?: string;
  readonly location?: string;
  readonly [name: string]: string | string[] | undefined;
}

/** A reply as it came, its body as text. */
export interface HttpReply {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: string;
}

/** The fields of a JSON object, none of them checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function pathOf(api: Api): string {
  return api === 'chat' ? '/chat/completions' : '/completions';
}

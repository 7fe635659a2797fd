/**
 * The text of a body: unpacked, and read in its own character set. We ask for neither, but gateways compress replies that
 * nobody wanted compressed, and old proxies write Latin-1.
 */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { ResponseHeaders } from '../protocol/protocol.ts';

type Unpack = (packed: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const inflate: Unpack = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate);
const inflateRaw: Unpack = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);

const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  // Some servers send the bare deflate format, without what the standard asks for around it.
  deflate: (packed, options) => inflate(packed, options).catch(() => inflateRaw(packed, options)),
  br: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
  zstd: promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress),
};

const SAME: Readonly<Record<string, string>> = { 'x-gzip': 'gzip', brotli: 'br' };

/** Nobody packs a body more often. */
const MOST_ENCODINGS = 3;

/** Whether a body is the text that it holds, in UTF-8: nearly all are. */
export function isPlain(headers: ResponseHeaders): boolean {
  return encodingsOf(headers).length === 0 && charsetOf(headers) === 'utf-8';
}

/** The text of a body. Rejects with an Error of one line where it can't be had. */
export async function bodyText(body: Buffer, headers: ResponseHeaders, mostBytes: number): Promise<string> {
  const encodings = encodingsOf(headers);
  const unknown = encodings.find((name) => !Object.hasOwn(UNPACK, name));
  if (unknown !== undefined || encodings.length > MOST_ENCODINGS) {
    const shown = encodings.join(', ').slice(0, 60);
    throw new Error(
      `the reply is encoded as '${shown}', which nothing here reads: gzip, deflate, br or zstd will do`,
    );
  }
  let bytes = body;
  for (const encoding of encodings.reverse()) {
    try {
      bytes = await UNPACK[encoding](bytes, { maxOutputLength: mostBytes });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
        throw new Error(`the reply is larger than ${mostBytes} bytes`, { cause: error });
      }
      throw new Error(`the reply says that it is encoded as '${encoding}', and is not`, { cause: error });
    }
  }
  return decoder(charsetOf(headers)).decode(bytes);
}

function encodingsOf(headers: ResponseHeaders): string[] {
  const written = headers['content-encoding'];
  if (typeof written !== 'string') return [];
  return written
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .map((name) => SAME[name] ?? name)
    .filter((name) => name !== '' && name !== 'identity');
}

function charsetOf(headers: ResponseHeaders): string {
  const found = /charset\s*=\s*"?([\w.:-]+)/i.exec(headers['content-type'] ?? '');
  const name = found?.[1].toLowerCase() ?? 'utf-8';
  return name === 'utf8' || name === 'us-ascii' ? 'utf-8' : name;
}

/** Of a character set that doesn't exist it is taken to be UTF-8. */
function decoder(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder('utf-8');
  }
}

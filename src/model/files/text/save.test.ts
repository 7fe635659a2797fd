import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { randomAdapter } from '../../../../test/adapter.ts';
import { CHAT_TEMPLATE, writeTextFolder, writeTextGguf } from '../../../../test/text-model.ts';
import { merged } from '../../adapters/adapter.ts';
import { saveTextFolder } from './save.node.ts';
import { loadTextModel } from './text-model.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-save-text-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const folder = writeTextFolder(path.join(scratch, 'base'));
const file = writeTextGguf(path.join(scratch, 'base.gguf'));
const TEXT = 'the model says: hello, wörld 123\n';

describe('a text model that is saved', () => {
  it.each([
    ['a folder', folder],
    ['a GGUF file', file],
  ])('from %s is the same when it is opened', async (_, source) => {
    const base = await loadTextModel(source);
    const place = path.join(scratch, `saved-${path.basename(source)}`);
    await saveTextFolder(place, base, source);
    const saved = await loadTextModel(place);
    expect(saved.config).toEqual(base.config);
    expect(saved.weights).toEqual(base.weights);
    expect(saved.ends).toEqual(base.ends);
    expect(saved.tokenizer.encode(TEXT)).toEqual(base.tokenizer.encode(TEXT));
    expect([saved.tokenizer.begin, saved.tokenizer.end]).toEqual([base.tokenizer.begin, base.tokenizer.end]);
    expect(saved.tokenizer.begin).toBeDefined();
    const messages = [{ role: 'user', content: 'a' }] as const;
    expect(saved.template?.render(messages)).toBe(base.template?.render(messages));
    expect(saved.template).not.toBeNull();
  });

  it('from a folder has its tokenizer’s files as they are, and other weights', async () => {
    const base = await loadTextModel(folder);
    const weights = merged(base.config, base.weights, randomAdapter(base.config));
    const place = path.join(scratch, 'merged');
    await saveTextFolder(place, { config: base.config, weights }, folder, {
      extraFiles: { 'note.json': '{}' },
    });
    for (const name of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json'])
      expect(readFileSync(path.join(place, name))).toEqual(readFileSync(path.join(folder, name)));
    expect(readdirSync(place)).toContain('note.json');
    expect((await loadTextModel(place)).weights).toEqual(weights);
  });

  it('from a GGUF file has what Python needs to begin texts and to end answers', async () => {
    const place = path.join(scratch, 'for-python');
    await saveTextFolder(place, await loadTextModel(file), file);
    const json = (name: string) => JSON.parse(readFileSync(path.join(place, name), 'utf8')) as unknown;
    expect(json('tokenizer.json')).toMatchObject({ post_processor: { type: 'TemplateProcessing' } });
    expect(json('tokenizer_config.json')).toMatchObject({
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: '<|begin|>',
      eos_token: '<|endoftext|>',
      chat_template: CHAT_TEMPLATE,
    });
    const { ends, tokenizer } = await loadTextModel(file);
    expect(json('generation_config.json')).toMatchObject({ eos_token_id: [...ends] });
    expect(json('config.json')).toMatchObject({ eos_token_id: tokenizer.end, dtype: 'float32' });
  });

  it('takes no place that is taken', async () => {
    const base = await loadTextModel(folder);
    await expect(saveTextFolder(folder, base, folder)).rejects.toThrow(/already there, and not empty/);
  });
});

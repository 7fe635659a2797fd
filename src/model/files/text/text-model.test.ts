import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeTextFolder } from '../../../../test/text-model.ts';
import { loadTextModel } from './text-model.node.ts';

describe('a text model', () => {
  it('takes the chat template for conversations where there are several, and the one in a file of its own first', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-template-'));
    writeTextFolder(folder, { template: null });
    const messages = [{ role: 'user', content: 'a' }] as const;
    expect((await loadTextModel(folder)).template).toBeNull();
    const settings = {
      bos_token: { content: '<|begin|>' },
      chat_template: [
        { name: 'tool_use', template: 'tools' },
        { name: 'default', template: '{{ bos_token }}{{ messages[0].content }}!' },
      ],
    };
    writeFileSync(path.join(folder, 'tokenizer_config.json'), JSON.stringify(settings));
    expect((await loadTextModel(folder)).template?.render(messages)).toBe('<|begin|>a!');
    writeFileSync(path.join(folder, 'chat_template.jinja'), '{{ messages[0].content }}?');
    expect((await loadTextModel(folder)).template?.render(messages)).toBe('a?');
    rmSync(folder, { recursive: true });
  });
});

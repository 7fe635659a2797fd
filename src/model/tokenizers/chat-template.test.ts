import { describe, expect, it } from 'vitest';
import { ChatTemplate } from './chat-template.ts';
import type { Message } from './chat-template.ts';

const names = { bos_token: '<s>', eos_token: '</s>' };
const user: Message = { role: 'user', content: 'a b' };
const system: Message = { role: 'system', content: 'Copy.' };

/** Of SmolLM2, as its file has it, but for the text of its system message. */
const CHATML =
  "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou help.<|im_end|>\\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** Of Gemma 2, whose template takes no system message. */
const GEMMA =
  "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}";

describe('chat templates', () => {
  it('write the messages and where the answer begins', () => {
    const template = new ChatTemplate(CHATML, names, 'x.gguf');
    expect(template.render([system, user])).toBe(
      '<|im_start|>system\nCopy.<|im_end|>\n<|im_start|>user\na b<|im_end|>\n<|im_start|>assistant\n',
    );
    const turns: Message[] = [user, { role: 'assistant', content: 'a b' }, { role: 'user', content: 'c' }];
    expect(template.render(turns)).toBe(
      '<|im_start|>system\nYou help.<|im_end|>\n<|im_start|>user\na b<|im_end|>\n' +
        '<|im_start|>assistant\na b<|im_end|>\n<|im_start|>user\nc<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('put the text of a system message that they refuse before that of the user', () => {
    const template = new ChatTemplate(GEMMA, names, 'x.gguf');
    expect(template.render([system, user])).toBe(
      '<s><start_of_turn>user\nCopy.\n\na b<end_of_turn>\n<start_of_turn>model\n',
    );
  });

  it('say in one line what they refuse, and what they are no template for', () => {
    const template = new ChatTemplate(GEMMA, names, 'x.gguf');
    expect(() => template.render([user, user])).toThrow(
      'x.gguf: the chat template refuses the messages: Conversation roles must alternate',
    );
    expect(() => new ChatTemplate('{% for %}', names, 'x.gguf')).toThrow(
      "x.gguf: the chat template can't be read",
    );
  });

  it('get the same date on every day, whichever way they ask for it', () => {
    const dated =
      "{%- if not date_string is defined %}{%- set date_string = strftime_now('%d %b %Y') %}{%- endif %}{{ date_string }}|{{ strftime_now('%d %B %Y') }}|{{ messages[0].content }}";
    expect(new ChatTemplate(dated, names, 'x').render([user])).toBe('26 Jul 2024|26 Jul 2024|a b');
  });
});

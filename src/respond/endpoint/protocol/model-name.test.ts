import { describe, expect, it } from 'vitest';
import { isOtherModel, sameModel, withoutFolders } from './model-name.ts';

describe('names of models', () => {
  it.each([
    ['gpt-4o-2024-08-06', ['gpt-4o']],
    ['/models/m', ['m']],
    ['openai/M:latest', ['m']],
    ['claude-sonnet-4-20250514', ['claude-sonnet-4-0']],
    ['m.gguf', ['m']],
    ['accounts/a/deployedModels/llama-8b-1f2e3d4c', ['accounts/fireworks/models/llama-8b']],
  ])('%s is the model that is asked for as %j, and tells of no other', (name, models) => {
    expect(sameModel(name, models)).toBe(true);
    expect(isOtherModel(name, models)).toBe(false);
  });

  it.each([
    ['gpt-4o-2024-08-06', ['gpt-4o', 'gpt-4o-2024-05-13']],
    ['gpt-4o-2024-08-06', ['gpt-4o-2024-05-13']],
    ['mistral-large-2411', ['mistral-large-latest', 'mistral-large-2407']],
    ['llama3:8b-instruct-q4_0', ['llama3', 'llama3:8b']],
  ])('%s tells that another one may answer than %j, which is the same by its name', (name, models) => {
    expect(sameModel(name, models)).toBe(true);
    expect(isOtherModel(name, models)).toBe(true);
  });

  it.each([
    ['mistralai/mistral-nemo', ['openrouter/auto', 'openai/gpt-4o-mini']],
    ['gemini-2.5-flash', ['gemini-flash-latest']],
    ['claude-opus-4-1', ['claude-opus-4-0']],
    ['accounts/a/deployedModels/llama-70b-1f2e3d4c', ['accounts/fireworks/models/llama-8b']],
    ['accounts/a/models/llama-8b-instruct', ['accounts/a/models/llama-8b']],
  ])('%s is another one than %j', (name, models) => {
    expect(sameModel(name, models)).toBe(false);
    expect(isOtherModel(name, models)).toBe(true);
  });

  it.each([
    ['gpt-4o', ['gpt-4o-2024-05-13']],
    ['gpt-4o-2024-05-13', ['gpt-4o-2024-08-06', 'gpt-4o-2024-05-13']],
    ['claude-sonnet-4-0', ['claude-sonnet-4-0', 'claude-sonnet-4-20250514']],
    ['m:latest', ['m:8b']],
  ])('%s after %j tells of no other', (name, models) => {
    expect(isOtherModel(name, models)).toBe(false);
  });

  it('are told without the folders of files', () => {
    expect(['/models/m.gguf', 'C:\\m\\x.gguf', 'openai/m', './m/'].map(withoutFolders)).toEqual([
      'm.gguf',
      'x.gguf',
      'openai/m',
      'm',
    ]);
  });
});

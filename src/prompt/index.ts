/**
 * From samples to what is sent: everything that can be asked, prompts as data, and how an answer to one is read. Runs in a
 * browser as it is. docs/prompts.md describes the files of prompts.
 */
export { askableNamed, askableNames, askables } from './askable.ts';
export type { Askable, Shape, Sources } from './askable.ts';
export { readingOf, readTemplate } from './template.ts';
export type { PromptApi, PromptTemplate } from './template.ts';
export { autoPrompts, defaultPrompt } from './defaults.ts';
export { promptNamed, promptNames, usualPrompt } from './files.ts';
export { chatMessages, renderPrompt } from './render.ts';
export type { RenderOptions } from './as-sent.ts';
export type { ChatMessage, RenderedPrompt } from './render.ts';
export { chanceOf } from './chance.ts';

/** Names that tell respondents apart: by the model, how it was asked, the day, the folder. */
import path from 'node:path';
import { differingSettings, optionTexts, PROMPT_SETTINGS } from '../../score/tables/settings.ts';
import type { AskedWith } from '../../score/tables/settings.ts';
import type { Gathered } from './gathered.ts';
import { modelNameOf } from './model-name.ts';
import { promptHash, titleOf } from './notes.ts';

/** The model's name, and as much of how it was asked, the day and the folder as is needed to tell all apart. */
export function labelsOf(all: readonly Gathered[]): string[] {
  return labelsFrom(all.map(partsOf));
}

/** What a study calls it; '' outside studies. */
function nameInStudy({ runs }: Gathered['facts']): string {
  const name = runs.at(-1)?.options.respondent;
  return typeof name === 'string' ? name : '';
}

/** What a label can be made of, of folders as of files of results; '' where a part is not known. */
export interface LabelParts extends AskedWith {
  readonly model: string;
  readonly nameInStudy?: string;
  readonly day: string;
  readonly fileName: string;
  readonly file: string;
}

export function partsOf(gathered: Gathered): LabelParts {
  const { facts } = gathered;
  return {
    model: nameOf(facts),
    prompts: Object.fromEntries([...gathered.asked].map(([task, { prompt }]) => [task, prompt.name])),
    texts: Object.fromEntries(
      [...gathered.asked].flatMap(([task, asked]) => {
        const hash = promptHash(asked);
        return hash === undefined ? [] : [[task, hash]];
      }),
    ),
    settings: gathered.settings(),
    nameInStudy: nameInStudy(facts),
    day: firstAsked(gathered).slice(0, 10),
    fileName: path.basename(facts.folder ?? ''),
    file: facts.folder ?? '',
  };
}

/** When it was first asked so, ISO 8601. */
export function firstAsked(gathered: Gathered): string {
  return gathered.runs()[0]?.started ?? gathered.facts.started;
}

export function promptNamesOf({ asked }: Gathered): string[] {
  return [...new Set([...asked.values()].map(({ prompt }) => prompt.name))];
}

/** `prompt pair`; `prompts pair and input-output`, where tasks were asked with different ones. */
function promptPart(names: readonly string[]): string {
  if (names.length === 0) return '';
  return `${names.length === 1 ? 'prompt' : 'prompts'} ${titleOf(names)}`;
}

/** The model's name; of outputs that somebody recorded, that they are. */
function nameOf(facts: Gathered['facts']): string {
  const { kind } = facts.respondent;
  const isHere = kind === 'model' || kind === 'text-model';
  return modelNameOf(facts) ?? (typeof kind === 'string' && !isHere ? kind : 'model');
}

/**
 * The model's names, and parts that tell respondents of one name apart: how they were asked, all of it that differs; then each later
 * part where those before are the same. A part that is the same in all, or is not known, is left out.
 */
export function labelsFrom(all: readonly LabelParts[]): string[] {
  let labels = withPart(
    all.map(({ model }) => model),
    (places) => wayTexts(withoutNamed(places.map((i) => all[i]))),
  );
  for (const part of ['nameInStudy', 'day', 'fileName', 'file'] as const) {
    labels = withPart(labels, (places) => {
      const texts = places.map((i) => all[i][part] ?? '');
      return new Set(texts).size > 1 ? texts : texts.map(() => '');
    });
  }
  return numbered(labels);
}

/** @param partsOf what to add to the labels at these places, which are alike; '' for nothing */
function withPart(labels: readonly string[], partsOf: (places: readonly number[]) => string[]): string[] {
  const longer = [...labels];
  const alike = Map.groupBy(labels.keys(), (i) => labels[i]);
  for (const places of alike.values()) {
    for (const [at, part] of partsOf(places).entries()) {
      if (part !== '') longer[places[at]] = `${labels[places[at]]} · ${part}`;
    }
  }
  return longer;
}

/** Where a study has a name for each, that name tells them apart, whatever their options are. */
function withoutNamed(all: readonly LabelParts[]): readonly AskedWith[] {
  const names = new Set(all.map(({ nameInStudy = '' }) => nameInStudy));
  return names.has('') || names.size < all.length ? all : all.map(({ prompts }) => ({ prompts }));
}

/** What differs in how each of them was asked, in words: `prompt json, alphabet lower`; '' where nothing does. */
export function wayTexts(given: readonly AskedWith[]): string[] {
  const all = withTexts(given);
  const options = optionTexts(all);
  const prompts = promptTexts(all);
  return all.map((_, i) => [prompts[i], options[i]].filter((text) => text !== '').join(', '));
}

/** All prompts of each, in words; '' for all where they do not differ: other tasks have other prompts. */
function promptTexts(all: readonly AskedWith[]): string[] {
  const texts = all.map((one) => promptPart([...new Set(Object.values(one.prompts))]));
  return new Set(texts).size < 2 || isAskedAlike(all) ? texts.map(() => '') : texts;
}

/** Digits of a hash that a name shows. */
const SHOWN_DIGITS = 8;

/** Prompts of one name that send something else for a task, and not by an option, are told apart by what they send: `mine (text 1a2b3c4d)`. */
function withTexts(all: readonly AskedWith[]): readonly AskedWith[] {
  const edited = new Set(editedPrompts(all).map(({ task, name }) => `${task} ${name}`));
  return all.map((one) => {
    const prompts = Object.entries(one.prompts).map(([task, name]) => {
      const text = one.texts?.[task];
      const isTold = text !== undefined && edited.has(`${task} ${name}`);
      return [task, isTold ? `${name} (text ${text.slice(0, SHOWN_DIGITS)})` : name] as const;
    });
    return { ...one, prompts: Object.fromEntries(prompts) };
  });
}

/** Prompts that have one name, but other texts: a file that was edited. */
export function editedPrompts(all: readonly AskedWith[]): { readonly task: string; readonly name: string }[] {
  const asked = all.flatMap((one) =>
    Object.entries(one.prompts).map(([task, name]) => ({ task, name, one })),
  );
  return [...Map.groupBy(asked, ({ task, name }) => `${task} ${name}`).values()].flatMap((own) => {
    const [{ task, name }] = own;
    const texts = new Set(own.flatMap(({ one }) => one.texts?.[task] ?? []));
    const byOption = differingSettings(own.map(({ one }) => one.settings?.[task]));
    return texts.size > 1 && !byOption.some((option) => PROMPT_SETTINGS.includes(option))
      ? [{ task, name }]
      : [];
  });
}

/** Whether they have tasks in common, each asked with one prompt: other tasks have other prompts. */
function isAskedAlike(all: readonly Pick<AskedWith, 'prompts'>[]): boolean {
  const byTask = Map.groupBy(
    all.flatMap(({ prompts }) => Object.entries(prompts)),
    ([task]) => task,
  );
  const shared = [...byTask.values()].filter((own) => own.length > 1);
  return shared.length > 0 && shared.every((own) => own.every(([, name]) => name === own[0][1]));
}

/** Those that are there already get a number. */
export function numbered(labels: readonly string[]): string[] {
  return labels.map((label, i) => {
    const before = labels.slice(0, i).filter((other) => other === label).length;
    return before === 0 ? label : `${label} (${before + 1})`;
  });
}

/** Which options apply to which targets. */
import type { Command, Option } from 'commander';
import { UserError } from '../../common/errors.ts';
import type { Json } from '../../common/json.ts';
import type { Target } from './target.ts';

/** Which targets take the options of a group. */
export type Group = 'all' | 'asked' | 'read' | 'prompted' | 'local' | 'endpoint' | 'recording';

const TAKEN_BY: Readonly<Record<Group, readonly Target['kind'][]>> = {
  all: ['endpoint', 'folder', 'text-model', 'recording', 'stored'],
  asked: ['endpoint', 'folder', 'text-model'],
  read: ['endpoint', 'text-model', 'recording'],
  prompted: ['endpoint', 'text-model'],
  local: ['folder', 'text-model'],
  endpoint: ['endpoint'],
  recording: ['recording'],
};

const groups = new WeakMap<Option, Group>();
const groupsByName = new Map<string, Group>();

/** Declares the options of a group. */
export function addOptions(command: Command, title: string, group: Group, options: readonly Option[]): void {
  for (const option of options) {
    groups.set(option, group);
    groupsByName.set(option.attributeName(), group);
    command.addOption(option.helpGroup(title));
  }
}

const TARGET_WORDS: Readonly<Record<Target['kind'], string>> = {
  endpoint: 'an endpoint',
  folder: 'the folder of a model',
  'text-model': 'a text model',
  recording: 'recorded outputs',
  stored: '--rescore',
};

/** @throws UserError for options that the target has no use for */
export function refuseOthers(command: Command, { kind }: Target): void {
  const given = command.options.filter(
    (each) =>
      !TAKEN_BY[groups.get(each) ?? 'all'].includes(kind) &&
      command.getOptionValueSource(each.attributeName()) === 'cli',
  );
  if (given.length === 0) return;
  const takers = TAKEN_BY[groups.get(given[0]) ?? 'all'].map((each) => TARGET_WORDS[each]).join(' or ');
  const names = given.map(({ long }) => long).join(', ');
  throw new UserError(
    `${names}: ${given.length === 1 ? 'this option only applies' : 'these options only apply'} to ${takers}`,
  );
}

/** The options that the target has a use for, as a run notes them for whoever wants to ask the same again. */
export function notedOptions(kind: Target['kind'], options: object): Readonly<Record<string, Json>> {
  const given = Object.entries(options).filter(([name]) =>
    TAKEN_BY[groupsByName.get(name) ?? 'all'].includes(kind),
  );
  return JSON.parse(JSON.stringify(Object.fromEntries(given))) as Readonly<Record<string, Json>>;
}

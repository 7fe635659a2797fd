/** Options that don't go together, whatever is measured. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../common/errors.ts';
import type { MeasureOptions } from './options.ts';

/**
 * What is wrong with options together, whatever is measured, before anything is asked.
 * @throws UserError
 */
export function checkTogether(command: Command, options: MeasureOptions): void {
  const { junit, lengths, atLeast = [] } = options;
  const given = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  if (lengths !== undefined) {
    for (const [name, flag] of [
      ['maxLength', '--max-length'],
      ['drawnLengths', '--drawn-lengths'],
    ]) {
      if (given(name)) throw new UserError(`${flag} is for a search: leave it out, or leave out --lengths`);
    }
  }
  if (given('model') && options.model?.trim() === '') {
    throw new UserError("--model takes the name of a model there, not ''");
  }
  if (junit !== undefined && !isFolder(path.dirname(path.resolve(junit)))) {
    throw new UserError(`--junit ${junit}: there is no folder ${path.dirname(junit)}; make it first`);
  }
  const twice = atLeast.find(({ task }, i) => atLeast.findIndex((other) => other.task === task) < i);
  if (twice !== undefined) {
    throw new UserError(`--at-least names ${twice.task} twice: the larger length says both`);
  }
}

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Options that don't go together, whatever is measured. */
import type { Command } from 'commander';
import { UserError } from '../../common/errors.ts';
import type { MeasureOptions } from './options.ts';

/**
 * What is wrong with options together, whatever is measured, before anything is asked.
 * @throws UserError
 */
export function checkTogether(command: Command, options: MeasureOptions): void {
  const { lengths, atLeast = [] } = options;
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
  const twice = atLeast.find(({ task }, i) => atLeast.findIndex((other) => other.task === task) < i);
  if (twice !== undefined) {
    throw new UserError(`--at-least names ${twice.task} twice: the larger length says both`);
  }
}

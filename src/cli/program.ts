/** The tree of commands, and how commander's own words about a command line are printed: in one line. */
import { Command } from 'commander';
import { UserError } from '../common/errors.ts';
import { nearest } from '../common/nearest.ts';
import type { Io } from './shared/command.ts';
import { commands } from './commands.ts';
import { EXIT_HELP } from './shared/exit.ts';
import { packageVersion } from '../common/version.node.ts';

/** The program `lengthwise` with every command. It throws CommanderError instead of ending the process. */
export function createProgram(io: Io): Command {
  const program = new Command('lengthwise')
    .description('which copying and retrieving a transformer can be trusted with, up to what length, and why')
    .version(packageVersion(), '-v, --version', 'print the version')
    .addHelpText('after', EXIT_HELP)
    .exitOverride()
    // Only the help of a command that was called without its subcommand is written here: it was asked for.
    .configureOutput({ writeErr: (text) => process.stdout.write(text) });
  for (const register of commands) register(program, io);
  for (const command of withSubcommands(program)) {
    command.configureOutput({ outputError: (text) => io.say(`lengthwise: ${inOneLine(text, command)}`) });
  }
  return program;
}

/** A command and all below it. */
export function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/**
 * The command whose help these words ask for (`help tasks`, `tasks help sample`); null where they ask for none.
 * Commander itself answers for an unknown one with the help of all.
 * @throws UserError for a command that is not there
 */
export function helpAsked(program: Command, words: readonly string[]): Command | null {
  let [command, isHelp] = [program, false];
  for (const word of words) {
    if (word === 'help' && command.commands.length > 0) {
      isHelp = true;
      continue;
    }
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) {
      if (!isHelp || word.startsWith('-')) break;
      const guess = nearest(
        word,
        command.commands.map((one) => one.name()),
      );
      const meant = guess === undefined ? '' : `, did you mean ${guess}?`;
      throw new UserError(`unknown command '${word}'${meant} (see ${fullName(command)} --help)`);
    }
    command = next;
  }
  return isHelp ? command : null;
}

/** `lengthwise tasks sample` */
export function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** Commander's words as one line. It gives its suggestion on a line of its own. */
function inOneLine(text: string, command: Command): string {
  const said = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\.$/, '')
    .replace(/\s*\(Did you mean (one of )?(.+?)\?\)$/, ', did you mean $1$2?');
  const subcommand = unknownSubcommand(command);
  if (subcommand !== undefined && command.parent !== null) {
    return `${subcommand} (see ${fullName(command.parent)} --help)`;
  }
  // A required option that was misspelt is missing, and commander says only that.
  const misspelt = said.startsWith('required option') ? unknownOption(command) : undefined;
  // `prompts show` takes the prompt's name as an argument; its sisters take it as an option.
  const excess = command.args.at(1);
  if (said.startsWith('too many arguments') && command.parent?.name() === 'prompts' && excess !== undefined) {
    return `'${command.name()}' takes a task alone: name the prompt with --prompt ${excess} (see ${fullName(command)} --help)`;
  }
  return `${misspelt ?? said} (see ${fullName(command)} --help)`;
}

/** A misspelt subcommand is an argument of the one that runs where none is named, which then complains of something else. */
function unknownSubcommand({ parent }: Command): string | undefined {
  if (parent === null || parent.parent === null) return undefined;
  const word = process.argv[process.argv.indexOf(parent.name()) + 1];
  const known = parent.commands.map((one) => one.name());
  if (word === undefined || word.startsWith('-') || known.includes(word)) return undefined;
  const guess = nearest(word, known);
  return guess === undefined ? undefined : `unknown command '${word}', did you mean ${guess}?`;
}

/** What is wrong with the first option on the command line that the command does not have, if one is. */
function unknownOption(command: Command): string | undefined {
  const known = command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => long ?? []);
  const given = process.argv.map((word) => word.split('=')[0]);
  const unknown = given.find((word) => /^--[a-z]/.test(word) && !known.includes(word));
  const guess = unknown === undefined ? undefined : nearest(unknown, known);
  return guess === undefined ? undefined : `unknown option '${unknown}', did you mean ${guess}?`;
}

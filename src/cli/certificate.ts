/** `lengthwise certificate`: checks certificates, whoever made them. */
import { readFile, stat } from 'node:fs/promises';
import { messageOf, UserError } from '../common/errors.ts';
import type { Register } from './command.ts';
import { verificationText } from './predict-text.ts';

/** Certificates of 1,000-state automata have a few megabytes. */
const MAX_FILE_BYTES = 100_000_000;

export const registerCertificate: Register = (program, io) => {
  program
    .command('certificate')
    .description('certificates of verdicts')
    .command('verify')
    .description(
      'check a certificate with code that shares nothing with what made it; exit code 1 when it fails',
    )
    .argument('<file>', 'a certificate, as `lengthwise predict … --certificate FILE` writes it')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise predict NRLast --certificate nrlast.json\n  $ lengthwise certificate verify nrlast.json',
    )
    .action(async (file: string, options: { json?: true }) => {
      const json = await readJson(file);
      const { verifyCertificate } = await import('../predict/index.ts');
      const verification = verifyCertificate(json);
      await io.out(
        options.json
          ? `${JSON.stringify({ file, ...verification })}\n`
          : verificationText(file, verification),
      );
      if (!verification.holds) process.exitCode = 1;
    });
};

async function readJson(file: string): Promise<unknown> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) throw new UserError(`it has ${size} bytes; the most is ${MAX_FILE_BYTES}`);
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)));
    if (typeof json !== 'object' || json === null || Array.isArray(json))
      throw new UserError('it holds no JSON object');
    return json;
  } catch (error) {
    throw new UserError(`cannot read the certificate ${file}: ${messageOf(error)}`);
  }
}

/** `lengthwise certificate`: checks certificates, whoever made them. */
import { UserError } from '../../common/errors.ts';
import { isLong, readCertificateFile } from './certificate-file.ts';
import type { Register } from '../shared/command.ts';
import { verificationText } from './text.ts';

/** The exit status of a certificate that holds where the opposite is published. */
const CONTRADICTS = 3;

export const registerCertificate: Register = (program, io) => {
  program
    .command('certificate')
    .description('certificates of verdicts')
    .command('verify')
    .description(
      'check a certificate with code that shares nothing with what made it; exit status 1 when it does not hold, 2 when it is too large to check, 3 when it holds and contradicts the literature',
    )
    .argument('<file>', 'a certificate, as `lengthwise predict … --certificate FILE` writes it')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise predict NRLast --certificate nrlast.json\n  $ lengthwise certificate verify nrlast.json',
    )
    .action(async (file: string, options: { json?: true }) => {
      const { text, json } = readCertificateFile(file);
      const { verifyBesideLiterature } = await import('../../predict/index.ts');
      const verification = verifyBesideLiterature(json, (step) => {
        if (isLong(text)) io.progress(`checking whether ${step}`);
      });
      await io.out(
        options.json
          ? `${JSON.stringify({ file, ...verification })}\n`
          : verificationText(file, verification),
      );
      const { outcome, failed, unchecked } = verification;
      if (unchecked !== null) throw new UserError(`${file} was not checked to the end: ${unchecked.problem}`);
      if (failed !== null) process.exitCode = 1;
      if (outcome === 'contradicts the literature') process.exitCode = CONTRADICTS;
    });
};

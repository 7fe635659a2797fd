/** `lengthwise certificate`: checks certificates, whoever made them. */
import { UserError } from '../../common/errors.ts';
import { onOneLine } from '../../common/legible.ts';
import type { ComparedVerification } from '../../predict/index.ts';
import { isLong, readCertificateFile } from './certificate-file.ts';
import type { Register } from '../shared/command.ts';
import { verificationText } from './text.ts';

const STATUS: Readonly<Record<ComparedVerification['outcome'], number>> = {
  holds: 0,
  'does not hold': 1,
  'not checked': 2,
  'holds up to a length': 3,
  'contradicts the literature': 4,
  'not proved': 5,
};

export const registerCertificate: Register = (program, io) => {
  program
    .command('certificate')
    .description('certificates of verdicts')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise predict NRLast --certificate nrlast.json\n  $ lengthwise certificate verify nrlast.json',
    )
    .command('verify')
    .description(
      'check a certificate with code that shares nothing with what made it; exit status 0 when it holds, 1 when something in it is false, 2 when it is too large to check, 3 when it was only tried up to a length, 4 when it holds and contradicts the literature, 5 when neither a proof nor a mistake was found',
    )
    .argument('<file>', 'a certificate, as `lengthwise predict … --certificate FILE` writes it')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise predict NRLast --certificate nrlast.json\n  $ lengthwise certificate verify nrlast.json',
    )
    .action(async (file: string, options: { json?: true }) => {
      const { parseCertificate, verifyBesideLiterature } = await import('../../predict/index.ts');
      const { text, json } = readCertificateFile(file, parseCertificate);
      const verification = verifyBesideLiterature(json, (step) => {
        if (isLong(text)) io.progress(`checking whether ${step}`);
      });
      await io.out(
        options.json
          ? `${JSON.stringify({ file, ...verification })}\n`
          : verificationText(file, verification),
      );
      const { outcome, unchecked } = verification;
      if (unchecked !== null)
        throw new UserError(onOneLine(`${file} was not checked to the end: ${unchecked.problem}`));
      process.exitCode = STATUS[outcome];
    });
};

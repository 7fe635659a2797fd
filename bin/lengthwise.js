#!/usr/bin/env node
// The command. In a checkout it runs the TypeScript source, in an installed package the build.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runWithNode, findNode } from './find-node.js';

const source = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const built = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const main = existsSync(source) ? source : built;

const found = findNode();
if ('node' in found && found.node === process.execPath) {
  process.removeAllListeners('warning'); // node:sqlite says on every start that it is experimental
  process.argv[1] = main;
  const { pathToFileURL } = await import('node:url');
  await import(pathToFileURL(main).href);
} else {
  await runWithNode([main, ...process.argv.slice(2)], { tied: true });
}

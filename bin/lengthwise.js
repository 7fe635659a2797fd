#!/usr/bin/env node
// The command. In a checkout it runs the TypeScript source, in an installed package the build.
import { existsSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode, runWithNode } from './find-node.js';

const found = findNode();
if ('node' in found && found.node === process.execPath) {
  process.removeAllListeners('warning'); // node:sqlite says on every start that it is experimental
  // Stripping types and compiling takes most of the start: kept between runs, for worker processes, too.
  module.enableCompileCache();
  const compiled = module.getCompileCacheDir(); // within the cache, that of this version of Node
  if (compiled !== undefined) process.env.NODE_COMPILE_CACHE ??= path.dirname(compiled);
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const built = new URL('../dist/cli/main.js', import.meta.url);
  await import((existsSync(source) ? source : built).href);
} else {
  await runWithNode([fileURLToPath(import.meta.url), ...process.argv.slice(2)], { tied: true });
}

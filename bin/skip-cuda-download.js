// Runs before the packages that lengthwise needs are set up (npm's preinstall).
//
// onnxruntime-node, which does the arithmetic, wants to fetch a few hundred megabytes of CUDA libraries from outside
// the npm registry when it is set up on Linux, and where it can't, the whole installation fails. We use the processor
// alone, which needs none of them. It leaves the download out when the files are there: so empty ones are put there.
// `npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12` fetches the real ones for whoever wants them.
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The checkout has a way of its own: .npmrc, and allowScripts in package.json. */
const isCheckout = existsSync(new URL('../src', import.meta.url));
const { ONNXRUNTIME_NODE_INSTALL, npm_config_onnxruntime_node_install } = process.env;
const wasAskedFor = ONNXRUNTIME_NODE_INSTALL ?? npm_config_onnxruntime_node_install;

if (!isCheckout && wasAskedFor === undefined) {
  try {
    leaveOutDownload(createRequire(import.meta.url));
  } catch {
    // Another version, another place: then it sets itself up as it does for everybody.
  }
}

function leaveOutDownload(require) {
  const root = path.dirname(require.resolve('onnxruntime-node/package.json'));
  const platform = `${process.platform}/${process.arch}`;
  const { requirements, manifests } = require(path.join(root, 'script/install-metadata.js'));
  const folder = path.join(root, 'bin/napi-v6', platform);
  for (const name of requirements[platform] ?? []) {
    for (const file of Object.keys(manifests[`${platform}:${name}`])) {
      const place = path.join(folder, file);
      mkdirSync(path.dirname(place), { recursive: true });
      if (!existsSync(place)) closeSync(openSync(place, 'w'));
    }
  }
}

/**
 * `npm run bench -- NAME [options]`: measures ours beside the peers that are installed, in one run, and prints ratios.
 * Numbers of a run are worth something on a machine that does nothing else meanwhile.
 */

/** One file a benchmark; each exports `bench(arguments)`. */
const benches: Record<string, { title: string; load(): Promise<{ bench(args: string[]): Promise<void> }> }> =
  {
    'train-step': { title: 'a training step, ours and PyTorch’s', load: () => import('./train-step.ts') },
    finetune: {
      title: 'a step of LoRA, ours and PyTorch’s with peft',
      load: () => import('./finetune.ts'),
    },
    crasp: {
      title: 'running C-RASP programs, ours and coli-saar/c-rasp',
      load: () => import('./crasp.ts'),
    },
    predict: {
      title: 'deciding plain C-RASP, ours and the public deciders',
      load: () => import('./predict.ts'),
    },
    measure: {
      title: 'questions to a server that answers at once, ours and other harnesses’',
      load: () => import('./measure.ts'),
    },
    statistics: {
      title: 'how often the search and its promise are wrong, and what they cost, simulated',
      load: () => import('./statistics.ts'),
    },
    learn: {
      title: 'time until a task is learned, our settings and the paper’s',
      load: () => import('./learn.ts'),
    },
    explain: {
      title: 'the edge experiment of explain, ours, TransformerLens and a prefix-reusing PyTorch script',
      load: () => import('./explain.ts'),
    },
    device: {
      title: 'a graphics processor beside the processor: logits, edges, a large model',
      load: () => import('./device.ts'),
    },
    'large-model': {
      title: 'the memory of a model of 1.1 billion parameters',
      load: () => import('./large-model.ts'),
    },
    pilot: {
      title: 'simulated: the usual prompt, or the one that a pilot chooses',
      load: () => import('./pilot.ts'),
    },
  };

const [name, ...rest] = process.argv.slice(2);
const chosen = name === undefined ? undefined : benches[name];
if (chosen === undefined) {
  const list = Object.entries(benches).map(([known, { title }]) => `  ${known.padEnd(12)} ${title}`);
  process.stderr.write(`usage: npm run bench -- NAME [options]\n${list.join('\n')}\n`);
  process.exitCode = name === undefined ? 0 : 2;
} else {
  await (await chosen.load()).bench(rest);
}

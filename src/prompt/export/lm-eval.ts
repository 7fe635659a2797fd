/**
 * EleutherAI's lm-evaluation-harness: a YAML file for each task and length, one for the group of all, and functions in
 * `utils.py` (https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/task_guide.md).
 */
import { cellsOf, mostTokensOf, PYTHON_SCORING, stopsOf, yamlOf } from './format.ts';
import type { Cell, ExportFormat } from './format.ts';
import type { ExportApi } from './samples.ts';

export const lmEval: ExportFormat = {
  title: 'lm-evaluation-harness',
  api: 'completions',
  data: { 'utils.py': 'lm_eval_utils.py', ...PYTHON_SCORING },
  scoring: false,
  files(samples, api) {
    const cells = cellsOf(samples);
    const ofCells = cells.map((cell) => [`${nameOf(cell)}.yaml`, taskYaml(cell, api)] as const);
    return { 'lengthwise.yaml': groupYaml(cells), ...Object.fromEntries(ofCells) };
  },
  command: (api) =>
    api === 'chat'
      ? 'lm_eval --include_path . --tasks lengthwise --model local-chat-completions --apply_chat_template --model_args model=MODEL,base_url=http://127.0.0.1:8000/v1/chat/completions,num_concurrent=8 --log_samples --output_path results'
      : 'lm_eval --include_path . --tasks lengthwise --model local-completions --model_args model=MODEL,base_url=http://127.0.0.1:8000/v1/completions,num_concurrent=8,tokenizer_backend=None,tokenized_requests=False --log_samples --output_path results',
};

const METRICS = ['right', 'exact'];

function nameOf({ task, length }: Cell): string {
  return `lengthwise_${task}_${length}`;
}

function groupYaml(cells: readonly Cell[]): string {
  return yamlOf({
    group: 'lengthwise',
    group_alias: 'lengthwise',
    task: cells.map(nameOf),
    aggregate_metric_list: METRICS.map((metric) => ({ metric, aggregation: 'mean', weight_by_size: true })),
    metadata: { version: 1 },
  });
}

function taskYaml(cell: Cell, api: ExportApi): string {
  const { task, length, samples } = cell;
  const config = yamlOf({
    task: nameOf(cell),
    dataset_kwargs: { task, length },
    test_split: 'test',
    output_type: 'generate_until',
    num_fewshot: 0, // demonstrations are part of the prompt
    generation_kwargs: {
      until: stopsOf(samples),
      max_gen_toks: mostTokensOf(samples),
      do_sample: false,
      temperature: 0,
    },
    metric_list: METRICS.map((metric) => ({ metric, aggregation: 'mean', higher_is_better: true })),
    metadata: { version: 1 },
  });
  // The harness's own tag for functions, which no library for YAML writes.
  const functions = [
    'custom_dataset: !function utils.samples',
    'doc_to_text: !function utils.prompt',
    'doc_to_target: !function utils.target',
    ...(api === 'chat' ? ['description: system'] : []), // a field of the sample: the system message
    'process_results: !function utils.process_results',
  ];
  return `${config}${functions.join('\n')}\n`;
}

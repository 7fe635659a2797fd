/** UK AISI's Inspect: one `task.py` that reads the samples (https://inspect.aisi.org.uk/tasks.html). */
import { PYTHON_SCORING } from './format.ts';
import type { ExportFormat } from './format.ts';

export const inspect: ExportFormat = {
  title: 'Inspect',
  api: 'chat', // Inspect asks in no other way
  data: { 'task.py': 'inspect_task.py', ...PYTHON_SCORING },
  scoring: false,
  files: () => ({}),
  command: () =>
    'inspect eval task.py --model openai-api/local/MODEL --model-base-url http://127.0.0.1:8000/v1',
};

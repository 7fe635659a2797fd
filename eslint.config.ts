import eslint from '@eslint/js';
import type { Linter } from 'eslint';
import tseslint from 'typescript-eslint';

/** Who may use whom. A room that is not listed in another's row is not for it; `common` is for everybody. */
const house: Record<string, readonly string[]> = {
  common: [],
  tasks: [],
  crasp: [],
  graph: [],
  model: ['graph'],
  predict: ['tasks', 'crasp'],
  measure: ['tasks', 'model', 'graph'],
  train: ['tasks', 'model', 'graph'],
  study: ['tasks', 'crasp', 'graph', 'model', 'predict', 'measure', 'train'],
  report: [], // reads rows: of other rooms it may import those (rows.ts) and the words for errors in them, nothing else (below)
  cli: ['tasks', 'crasp', 'graph', 'model', 'predict', 'measure', 'train', 'study', 'report'],
};

/** Rooms that run in a browser as they are. In graph and model, what needs Node stands in files named *.node.ts. */
const browserRooms = ['common', 'tasks', 'crasp', 'graph', 'model', 'predict', 'report'];

function roomRules(room: string): Linter.Config {
  const forbidden = Object.keys(house).filter(
    (other) => other !== room && other !== 'common' && !house[room].includes(other),
  );
  const patterns: object[] = [];
  if (forbidden.length > 0) {
    patterns.push({
      regex:
        room === 'report'
          ? `^(\\.\\./)+(${forbidden.join('|')})/(?!rows\\.ts$|anatomy/kinds\\.ts$)`
          : `^(\\.\\./)+(${forbidden.join('|')})(/|$)`,
      message: `the room '${room}' may not use this one: see 'house' in eslint.config.ts`,
    });
  }
  if (browserRooms.includes(room)) {
    patterns.push({
      regex: '^(node:|onnxruntime-node)',
      message: `the room '${room}' runs in a browser: what needs Node stands in a file named *.node.ts`,
    });
  }
  return {
    files: [`src/${room}/**/*.ts`],
    ignores: ['**/*.test.ts', '**/*.node.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

/** What checks a certificate shares nothing with what makes it, so that a mistake would have to be made twice. */
const checkersApart: Linter.Config[] = [
  {
    files: ['src/predict/checkers/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(node:|\\.\\./(?!\\.\\./(common/|crasp/index\\.ts$|tasks/index\\.ts$)))',
              message: 'a checker uses nothing of what makes certificates: only common, crasp and tasks',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/predict/*/**/*.ts'],
    ignores: ['src/predict/checkers/**', '**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(\\.\\./)+checkers/|^(\\.\\./){2,}(?!common/|crasp/|tasks/)|^(node:|onnxruntime-node)',
              message:
                'what makes certificates uses common, crasp and tasks, and nothing of what checks them',
            },
          ],
        },
      ],
    },
  },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'runs', 'node_modules', 'test/fixtures'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  { files: ['bin/*.js'], languageOptions: { globals: { process: 'readonly', URL: 'readonly' } } },
  {
    // vitest's matchers and JSON.parse hand out `any`; a test's types are checked by what it asserts.
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  ...Object.keys(house).map(roomRules),
  ...checkersApart,
);

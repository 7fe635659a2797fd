import eslint from '@eslint/js';
import type { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { houseRule } from './scripts/house.ts';

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
  {
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    plugins: { house: { rules: { imports: houseRule } } },
    rules: { 'house/imports': 'error' },
  },
  ...checkersApart,
);

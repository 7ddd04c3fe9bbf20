import { fileURLToPath } from 'node:url';

/**
 * Some of the suite's tests in Jest, which gives each test file a global object of its own, against the compiled package:
 * `npm run test:jest`.
 */
export default {
  rootDir: fileURLToPath(new URL('../..', import.meta.url)),
  testEnvironment: 'node',
  testMatch: [
    '<rootDir>/test/unit/{config,event-log,options-described,realms,safetensors,settled}.test.ts',
    '<rootDir>/test/learner/{learner,robustness,save,sources}.test.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/jest/typescript.mjs' },
  moduleNameMapper: {
    '^vitest$': '<rootDir>/test/jest/vitest.ts',
    '^(?:\\.\\./)+lib/(.*)$': '<rootDir>/dist/$1',
    '^(\\.{1,2}/(?:.*/)?support/.*|\\./.*)\\.js$': ['$1.ts', '$1.js'],
  },
  modulePathIgnorePatterns: ['<rootDir>/build/'],
  testTimeout: 60_000,
  maxWorkers: 2,
};

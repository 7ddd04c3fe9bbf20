import { defineConfig, type TestProjectConfiguration, type ViteUserConfig } from 'vitest/config';

const ADDON = 'test/setup/addon.ts';

interface Group {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  /** What is made before the first test: the compiled TypeScript alone, or the addon as well. */
  readonly setup: 'test/setup/typescript.ts' | typeof ADDON;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The tests, by what they need. `npm test` runs all groups but `slow`; `npm run test:unit` those that need no addon, and
 * so neither a compiler nor LibTorch.
 */
const groups: readonly Group[] = [
  {
    name: 'unit',
    include: ['test/unit/**', 'test/fuzz/**'],
    exclude: ['test/fuzz/native/**'],
    setup: 'test/setup/typescript.ts',
  },
  { name: 'native', include: ['test/{native,learner,parity}/**', 'test/fuzz/native/**'], setup: ADDON },
  {
    // What an engine could fail, with the other one.
    name: 'autograd',
    include: ['test/native/{training,datasets,growing-head,lfd-*,session-snapshot,resume}.test.ts'],
    setup: ADDON,
    env: { CL_TORCH_TEST_ENGINE: 'autograd' },
  },
  { name: 'system', include: ['test/{cli,lifecycle,package,report,examples}/**'], setup: ADDON },
  {
    // The same fuzz tests with fifty times as many inputs, and loops that look for leaks.
    name: 'slow',
    include: ['test/{slow,fuzz}/**'],
    setup: ADDON,
    env: { FUZZ_INPUTS: '100000', KILLS: '10' },
  },
];

function project({ name, include, exclude = [], setup, env = {} }: Group): TestProjectConfiguration {
  const files = include.map((place) => (place.endsWith('/**') ? `${place}/*.test.ts` : place));
  return { extends: true, test: { name, include: files, exclude: [...exclude], globalSetup: [setup], env } };
}

/** Everything that needs neither a GPU nor a Python with torch. */
const config: ViteUserConfig = defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: groups.map(project),
  },
});

export default config;

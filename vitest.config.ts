import { defineConfig, type TestProjectConfiguration, type ViteUserConfig } from 'vitest/config';

const ADDON = 'test/setup/addon.ts';

interface Group {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  /** What is made before the first test: the compiled TypeScript alone, or the addon as well. */
  readonly setup: 'test/setup/typescript.ts' | typeof ADDON;
  readonly env?: Readonly<Record<string, string>>;
  /** How test files are kept apart; a process each unless it says otherwise. */
  readonly pool?: 'forks' | 'vmThreads' | 'vmForks';
  /** Several files share a process and the modules that one of them has loaded: those that leave both as they were. */
  readonly shared?: boolean;
}

/** What meets the caller's own objects, and what writes files: run in worlds of other test runners as well. */
const realms = [
  'test/unit/{checkpoint,config,event-log,model-file,options-described,realms,safetensors,settled}.test.ts',
  'test/learner/{learner,robustness,save,sources}.test.ts',
];

/** What replaces modules by its own before it loads any. */
const mocking = ['test/unit/{data-download,download,download-resume,execute,parallel}.test.ts'];

/**
 * What needs the addon and a process of its own: the process's memory, its current directory, its stack or its clock are
 * looked at, or it works for long.
 */
const alone = [
  'test/native/{conformance,cuda-emulation,datasets,engines,joint,network-strategies,places,shared-runs,way-of-a-run}.test.ts',
  'test/learner/freed.test.ts',
  'test/parity/**',
];

/**
 * The tests, by what they need. `npm test` runs all groups but `slow`; `npm run test:unit` those of single modules, which
 * need neither a compiler nor LibTorch and take seconds. Nor do `fuzz` and `processes` need an addon, which take longer: one
 * tries thousands of inputs, the other starts programs, workers and compilers of its own.
 */
const groups: readonly Group[] = [
  {
    name: 'unit',
    include: ['test/unit/**'],
    exclude: mocking,
    setup: 'test/setup/typescript.ts',
    shared: true,
  },
  { name: 'unit-mocking', include: mocking, setup: 'test/setup/typescript.ts' },
  { name: 'fuzz', include: ['test/fuzz/*.test.ts'], setup: 'test/setup/typescript.ts', shared: true },
  { name: 'processes', include: ['test/processes/**'], setup: 'test/setup/typescript.ts', shared: true },
  { name: 'native-alone', include: alone, setup: ADDON },
  {
    // Loading LibTorch takes longer than most of these files.
    name: 'native',
    include: ['test/{native,learner}/**', 'test/fuzz/native/**'],
    exclude: alone,
    setup: ADDON,
    shared: true,
  },
  {
    // What an engine could fail, with the other one.
    name: 'autograd',
    include: [
      'test/native/{training,optimizers,datasets,growing-head,lfd-*,session-snapshot,resume}.test.ts',
    ],
    setup: ADDON,
    env: { CL_TORCH_TEST_ENGINE: 'autograd' },
  },
  // Each test file has a global object of its own: its arrays, errors and signals are not those of Node's modules.
  { name: 'vm-threads', include: realms, setup: ADDON, pool: 'vmThreads' },
  { name: 'vm-forks', include: realms, setup: ADDON, pool: 'vmForks' },
  { name: 'system', include: ['test/{cli,lifecycle,package,report,examples}/**'], setup: ADDON },
  // On a Slurm of its own, where Slurm is installed.
  { name: 'slurm', include: ['test/slurm/**'], setup: ADDON },
  {
    // The same fuzz tests with fifty times as many inputs, more ends at random moments, and loops that look for leaks.
    name: 'slow',
    include: ['test/{slow,fuzz}/**', 'test/lifecycle/{kill,process,sweep}.test.ts'],
    setup: ADDON,
    env: { FUZZ_INPUTS: '100000' },
  },
];

/** What lets files share a process. */
const sharing = { isolate: false, setupFiles: ['test/setup/equality.ts', 'test/setup/shared.ts'] };

function project({
  name,
  include,
  exclude = [],
  setup,
  env = {},
  pool = 'forks',
  shared = false,
}: Group): TestProjectConfiguration {
  const files = include.map((place) => (place.endsWith('/**') ? `${place}/*.test.ts` : place));
  const test = {
    name,
    include: files,
    exclude: [...exclude],
    globalSetup: [setup],
    env,
    pool,
    setupFiles: ['test/setup/equality.ts'],
    ...(shared ? sharing : {}),
  };
  return { extends: true, test };
}

/** Everything that needs neither a GPU nor a Python with torch. */
const config: ViteUserConfig = defineConfig({
  test: {
    // Two for two processors, and one for the time in which a test waits for something else.
    maxWorkers: 3,
    // A team of threads that waits sleeps instead of spinning, which would take the processor from the other workers.
    env: { OMP_WAIT_POLICY: 'passive' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: groups.map(project),
  },
});

export default config;

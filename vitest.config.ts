import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** `npm test`: everything that needs neither a GPU nor a Python with torch. */
const config: ViteUserConfig = defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          globalSetup: ['test/global-setup.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['test/reference/**', 'test/gpu/**'],
        },
      },
      {
        // What an engine could fail, with the other one.
        extends: true,
        test: {
          name: 'autograd',
          include: ['test/native/{training,datasets,growing-head,lfd-*,session-snapshot,resume}.test.ts'],
          env: { CL_TORCH_TEST_ENGINE: 'autograd' },
        },
      },
    ],
  },
});

export default config;

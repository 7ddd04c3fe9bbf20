import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** What needs a GPU: `npm run test:gpu`, with the addon built (scripts/gpu-machine.sh does both). */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/gpu/**/*.test.ts'],
    fileParallelism: false, // one GPU
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

export default config;

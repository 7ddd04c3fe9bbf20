import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** The live comparison with a Python that has torch: `npm run test:reference`. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/reference/**/*.test.ts'],
    globalSetup: ['test/setup/addon.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
  },
});

export default config;

import { afterAll, vi } from 'vitest';

// The next file in this process finds the environment that this one found.
afterAll(() => void vi.unstubAllEnvs());

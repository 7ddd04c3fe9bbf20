import { afterEach, describe, expect, it, vi } from 'vitest';
import { withBriefSpinning } from '../../lib/setup/addon/openmp.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

const spinCount = () => process.env.GOMP_SPINCOUNT;

describe('the spin count of OpenMP', () => {
  it('is a tenth of the default while the addon is loaded, and gone afterwards', () => {
    vi.stubEnv('GOMP_SPINCOUNT', undefined);
    vi.stubEnv('OMP_WAIT_POLICY', undefined);
    expect(withBriefSpinning(spinCount)).toBe('30000');
    expect(spinCount()).toBeUndefined();
  });

  it('is gone as well when the addon cannot be loaded', () => {
    vi.stubEnv('GOMP_SPINCOUNT', undefined);
    vi.stubEnv('OMP_WAIT_POLICY', undefined);
    expect(() =>
      withBriefSpinning(() => {
        throw new Error('no addon');
      }),
    ).toThrow('no addon');
    expect(spinCount()).toBeUndefined();
  });

  it('is the user’s own, or that of the user’s policy, where there is one', () => {
    vi.stubEnv('GOMP_SPINCOUNT', '7');
    expect(withBriefSpinning(spinCount)).toBe('7');
    expect(spinCount()).toBe('7');
    vi.stubEnv('GOMP_SPINCOUNT', undefined);
    vi.stubEnv('OMP_WAIT_POLICY', 'active');
    expect(withBriefSpinning(spinCount)).toBeUndefined();
  });
});

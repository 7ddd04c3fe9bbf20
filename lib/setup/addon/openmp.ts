/** How often a waiting thread looks before it sleeps: about 0.3 ms, a tenth of libgomp's default. */
const SPIN_COUNT = '30000';

/**
 * Runs `load`, which loads the addon and with it GCC's OpenMP runtime, under a shorter spin count. On a quiet machine no
 * wait at a barrier is as long. Beside other busy processes a member of the team often waits for one that has lost its
 * CPU: one that spins uses its own time slice up meanwhile, and loses its CPU just when the other is back, while one
 * that sleeps keeps its claim, so that both are woken and run together. Measured figures are in docs/speed.md. The
 * runtime reads the variable only while it is loaded; it is gone again afterwards. A user's own OpenMP settings stand.
 */
export function withBriefSpinning<T>(load: () => T): T {
  const { env } = process;
  if (env.GOMP_SPINCOUNT !== undefined || env.OMP_WAIT_POLICY !== undefined) return load();
  env.GOMP_SPINCOUNT = SPIN_COUNT;
  try {
    return load();
  } finally {
    delete env.GOMP_SPINCOUNT;
  }
}

/** How often a waiting thread looks before it sleeps: about 30 ms, ten times libgomp's default. */
const SPIN_COUNT = '3000000';

/**
 * Runs `load`, which loads the addon and with it GCC's OpenMP runtime, under a longer spin count. A team whose members
 * go to sleep at barriers loses its CPUs to any other busy process; measured on two cores with one of them also taken
 * by another process, an epoch takes 2.1 instead of 2.5 times as long as on a quiet machine. The runtime reads the
 * variable only while it is loaded; it is gone again afterwards. A user's own OpenMP settings stand.
 */
export function withPatientOpenMP<T>(load: () => T): T {
  const { env } = process;
  if (env.GOMP_SPINCOUNT !== undefined || env.OMP_WAIT_POLICY !== undefined) return load();
  env.GOMP_SPINCOUNT = SPIN_COUNT;
  try {
    return load();
  } finally {
    delete env.GOMP_SPINCOUNT;
  }
}

import { diagnose, formatDiagnosis } from '../../doctor/index.js';

/** `cl-torch doctor`. Returns the exit code: 0 only if training can run. */
export async function doctor({ json }: { readonly json?: true }): Promise<number> {
  const diagnosis = await diagnose();
  process.stdout.write(`${json ? JSON.stringify(diagnosis, null, 2) : formatDiagnosis(diagnosis)}\n`);
  return diagnosis.ready ? 0 : 1;
}

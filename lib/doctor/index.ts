import { gatherFacts } from './facts.js';
import { type Diagnosis, judge } from './judge.js';

export { formatDiagnosis } from './format.js';
export type { Diagnosis, DiagnosisLine, Status } from './judge.js';

/** What is in place on this machine, and what to do about the rest. Builds nothing and downloads nothing. */
export async function diagnose(): Promise<Diagnosis> {
  return judge(await gatherFacts());
}

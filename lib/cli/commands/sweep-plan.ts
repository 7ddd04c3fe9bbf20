import { shellWord } from '../../config/command-line.js';
import { sweepPlanText } from '../../report/sweep/plan-text.js';
import { reportOf } from '../../sweep/plan/collect.js';
import { Sweep } from '../../sweep/plan/sweep.js';
import { readSweepRequest } from '../support/sweep-request.js';

/** `cl-torch sweep plan`. Returns the exit code. */
export async function planSweepRuns(
  file: string | undefined,
  flags: Record<string, unknown>,
): Promise<number> {
  const { lines, ...asked } = flags;
  const { request, out } = await readSweepRequest(file, asked);
  const sweep = await Sweep.planned(request, out);
  if (lines === true) await sweep.begin();
  await sweep.folder.refresh();
  if (lines !== true) {
    process.stdout.write(sweepPlanText(reportOf(sweep)));
    return 0;
  }
  const command = `npx cl-torch sweep work ${shellWord(sweep.folder.path)} --quiet --only`;
  for (const { name } of sweep.missing()) process.stdout.write(`${command} ${shellWord(name)}\n`);
  return 0;
}

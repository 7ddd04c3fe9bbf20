import {
  type DatasetName,
  type DatasetReport,
  dataStatus,
  datasets,
  downloadDataset,
  type ReadProgress,
  verifyDataset,
} from '../../datasets/index.js';
import { reportText, statusText } from '../../report/text/datasets.js';
import { stderrNotices } from '../../setup/libtorch/notices.js';
import { reportFailure } from '../support/failure.js';
import { Interruption } from '../support/interruption.js';

/** `cl-torch data list`. Returns the exit code. */
export async function listData({ json }: { readonly json?: true }): Promise<number> {
  const status = await dataStatus();
  print(json ? JSON.stringify(status, null, 2) : statusText(status));
  return 0;
}

/** `cl-torch data download`. Returns the exit code. */
export async function downloadData(name: DatasetName): Promise<number> {
  using interruption = new Interruption();
  const notices = stderrNotices();
  try {
    const folder = await downloadDataset(name, {
      signal: interruption.signal,
      onProgress: ({ received, total, bytesPerSecond }) =>
        notices.progress(name, received, total, bytesPerSecond),
    });
    print(`${name} is in ${folder}`);
    return 0;
  } catch (error) {
    notices.end();
    if (interruption.exitCode === undefined) throw error;
    reportFailure(error);
    return interruption.exitCode;
  }
}

export interface VerifyFlags {
  readonly dataDir?: string;
  readonly json?: true;
}

/** `cl-torch data verify`. Returns the exit code: 0 only if all is right. */
export async function verifyData(
  name: DatasetName | undefined,
  { dataDir, json }: VerifyFlags,
): Promise<number> {
  using interruption = new Interruption();
  const { signal } = interruption;
  const notices = stderrNotices();
  const onProgress = ({ done, total }: ReadProgress): void =>
    notices.status(`Reading pictures: ${done} of ${total}`);
  const names = name === undefined ? await namesAtHand() : [name];
  const reports: DatasetReport[] = [];
  try {
    for (const each of names) reports.push(await verifyDataset(each, { dataDir, signal, onProgress }));
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    reportFailure(error);
    return interruption.exitCode;
  } finally {
    notices.end();
  }
  print(json ? JSON.stringify(reports, null, 2) : reports.map(reportText).join('\n'));
  return reports.every(({ ok }) => ok) ? 0 : 1;
}

/** At least the first one: where even that is missing, verifying it says what to do. */
async function namesAtHand(): Promise<DatasetName[]> {
  const names = (await dataStatus()).filter(({ found }) => found).map(({ dataset }) => dataset);
  return names.length > 0 ? names : [datasets[0].name];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

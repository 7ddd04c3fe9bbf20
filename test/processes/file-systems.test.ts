import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/libtorch.js';
import { shim, shimList } from '../support/shim.js';
import { runAs } from '../support/user.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/**
 * Does it in a child, once for each of the failures that the calls have below the folder; returns what it printed. The
 * text may use `failure`, which numbers them.
 */
async function on(
  failures: readonly Parameters<typeof shim>[1][],
  body: string,
  skip: (note: string) => never,
): Promise<string> {
  const env = shim(folder, {}) ?? skip('there is no C compiler');
  const imports = {
    writeFileAtomic: 'files/index.js',
    withLock: 'files/lock.js',
    OutputDirectory: 'runs/output.js',
  };
  const text = `const place = (name) => ${JSON.stringify(`${folder}/`)} + name;
    const told = ({ code, message }) => console.log(code, message);
    for (const [failure, list] of ${JSON.stringify(failures.map(shimList))}.entries()) {
      process.env.SHIM = list;
      ${body}
    }`;
  const { stdout, stderr } = await runAs(undefined, imports, text, { env });
  expect(stderr).toBe('');
  return stdout;
}

const run = `await OutputDirectory.open(place('run' + failure), undefined).then(async (output) => {
  await output.requireVacant();
  await output.claim({ strategy: 'baseline' });
  await output.writeResult({ status: 'completed' });
  console.log('done');
  await output.close();
}).catch(told);`;
const write = `for (const name of ['new' + failure, 'there']) await writeFileAtomic(place(name), 'fresh').catch(told);`;

describe('a file system without hard links', () => {
  test('holds a run', async ({ skip }) => {
    const codes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'] as const;
    const failures = codes.map((code) => ({ link: code }));
    expect(await on(failures, run, skip)).toBe('done\n'.repeat(codes.length));
    for (const [failure] of codes.entries()) {
      expect(readdirSync(join(folder, `run${failure}`)).sort()).toEqual(['config.json', 'result.json']);
    }
  });

  test('keeps a lock to one process at a time', async ({ skip }) => {
    const body = `let inside = 0;
      await Promise.all([0, 1, 2, 3].map(() => withLock(place('lock'), async () => {
        if (++inside !== 1) console.log('together');
        await new Promise((resolve) => setTimeout(resolve, 5));
        --inside;
      }, { heartbeatMs: 20 })));
      console.log('done');`;
    expect(await on([{ link: 'EPERM' }], body, skip)).toBe('done\n');
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('a file system that cannot open or flush a folder, or set a mode, holds files and runs', async ({
  skip,
}) => {
  const failures = [
    ...(['EACCES', 'EPERM', 'EINVAL'] as const).map((code) => ({ 'open-folder': code })),
    ...(['EINVAL', 'ENOTSUP', 'EACCES', 'EPERM'] as const).map((code) => ({ 'fsync-folder': code })),
    ...(['EINVAL', 'ENOTSUP'] as const).map((code) => ({ fsync: code })),
    ...(['EPERM', 'ENOTSUP', 'ENOSYS'] as const).map((code) => ({ fchmod: code })),
  ];
  writeFileSync(join(folder, 'there'), 'old', { mode: 0o644 });
  expect(await on(failures, write + run, skip)).toBe('done\n'.repeat(failures.length));
  expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('fresh');
  for (const [failure] of failures.entries()) {
    expect(readFileSync(join(folder, `new${failure}`), 'utf8')).toBe('fresh');
  }
  expect(readdirSync(folder)).toHaveLength(1 + 2 * failures.length);
});

describe('a full disk', () => {
  test('keeps the file that was there, says so, and leaves nothing else', async ({ skip }) => {
    writeFileSync(join(folder, 'there'), 'old');
    const [fresh, there] = (await on([{ write: 'ENOSPC' }], write, skip)).split('\n');
    expect(fresh).toMatch(/^OUTPUT_FAILED .*ENOSPC.*free space/);
    expect(fresh).not.toContain('as it was');
    expect(there).toMatch(/ENOSPC.*The file that was there is as it was\.$/);
    expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['there']);
  });

  test('leaves no lock of a run: the next try begins', async ({ skip }) => {
    const failures = [
      { write: 'ENOSPC' },
      { write: 'EDQUOT' },
      { write: 'ENOSPC', link: 'EPERM' },
      {},
    ] as const;
    const inOne = run.replace("'run' + failure", "'run'");
    const told = (await on(failures, inOne, skip)).trim().split('\n');
    for (const line of told.slice(0, 3)) expect(line).toMatch(/^OUTPUT_FAILED .*output folder.*free space/);
    expect(told[3]).toBe('done');
    expect(readdirSync(join(folder, 'run')).sort()).toEqual(['config.json', 'result.json']);
  });
});

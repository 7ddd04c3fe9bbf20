import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readResult } from '../../lib/runs/read-result.js';
import { resultJsonSchema, resultSchema } from '../../lib/runs/result-schema.js';
import { madeUpRun } from '../support/made-up-run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-result-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What reading says to this text in the place of a result. */
async function refusalOf(text: string): Promise<unknown> {
  await writeFile(join(folder, 'result.json'), text);
  return readResult(folder).catch((error: unknown) => error);
}

test('the published JSON Schema is that of the code', async () => {
  const published = await readFile(new URL('../../docs/result.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(published)).toEqual(resultJsonSchema());
});

describe('a result', () => {
  test('of any status and strategy is taken, and read back as it was written', async () => {
    for (const run of [madeUpRun({ strategy: 'lfd' }), madeUpRun({ strategy: 'baseline' }, { done: 0 })]) {
      expect(resultSchema.safeParse(run).success).toBe(true);
      await writeFile(join(folder, 'result.json'), JSON.stringify(run));
      expect(await readResult(folder)).toEqual(JSON.parse(JSON.stringify(run)));
    }
  });

  test.each([
    ['{', 'cannot be read'],
    ['[]', 'damaged, or no result'],
    ['{"schemaVersion": 3}', 'it has version 3, and this cl-torch reads version 2. Use a newer cl-torch'],
    ['{"schemaVersion": 1}', 'it has version 1, and this cl-torch reads version 2. Run it anew'],
    [JSON.stringify({ ...madeUpRun({ strategy: 'er' }), accuracy: [['a']] }), 'accuracy.0.0'],
    [JSON.stringify({ ...madeUpRun({ strategy: 'er' }), status: 'odd' }), 'status'],
  ])('that is none is refused: %.30s', async (text, reason) => {
    expect(await refusalOf(text)).toMatchObject({
      code: 'RESULT_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  test('that is missing is refused with what to do', async () => {
    await expect(readResult(join(folder, 'none'))).rejects.toMatchObject({
      code: 'RESULT_INVALID',
      message: expect.stringContaining('Name the folder that a run was given with --out'),
    });
  });
});

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { saveModel } from '../../lib/checkpoint/model-file.js';
import { readConfigFile } from '../../lib/cli/support/config-file.js';
import { loadTrainedModel } from '../../lib/prediction/trained-model.js';
import { OutputDirectory } from '../../lib/runs/output.js';
import { readResult } from '../../lib/runs/read-result.js';
import { temporaryFolder } from '../support/libtorch.js';
import { madeUpRun } from '../support/made-up-run.js';
import { weightsOf } from '../support/saving.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

const encodings: [string, (text: string) => Uint8Array][] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with a byte order mark', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16 of little ends, as PowerShell writes', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16 of big ends', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
];

describe.each(encodings)('JSON in %s is read:', (_, encode) => {
  const write = (name: string, value: object): string => {
    const file = join(folder, name);
    writeFileSync(file, encode(JSON.stringify(value)));
    return file;
  };

  test('the file of --config', async () => {
    expect(await readConfigFile(write('mine.json', { tasks: 3, dataDir: 'Größe' }))).toEqual({
      tasks: 3,
      dataDir: 'Größe',
    });
  });

  test('a result', async () => {
    const run = madeUpRun({ strategy: 'er' });
    write('result.json', run);
    expect((await readResult(folder)).accuracy).toEqual(run.accuracy);
  });

  test('the configuration beside a model, and of a run that is resumed', async () => {
    write('config.json', { strategy: 'baseline', tasks: 2, permutationSeed: 4 });
    await saveModel(join(folder, 'model.safetensors'), weightsOf(1));
    expect((await loadTrainedModel(folder, 1)).show?.columns).toHaveLength(4);
    const copy = join(folder, 'copy');
    mkdirSync(copy);
    copyFileSync(join(folder, 'config.json'), join(copy, 'config.json'));
    const output = await OutputDirectory.open(copy, undefined);
    const { config } = await output.begun();
    await output.close();
    expect(config).toMatchObject({ tasks: 2 });
  });
});

test('what is no JSON is refused as before', async () => {
  for (const bytes of [Buffer.from('{'), Buffer.from([0x7b, 0xff, 0x7d]), Buffer.from([])]) {
    const file = join(folder, 'broken.json');
    writeFileSync(file, bytes);
    await expect(readConfigFile(file)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(readFileSync(file)).toEqual(bytes);
  }
});

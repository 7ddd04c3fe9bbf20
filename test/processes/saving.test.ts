import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, test } from 'vitest';
import { saveModel } from '../../lib/checkpoint/model-file.js';
import { removeTemporaries, temporaryPath } from '../../lib/files/index.js';
import { temporaryFolder } from '../support/libtorch.js';
import { valueIn, weightsOf } from '../support/saving.js';
import { isRoot, NOBODY, runAs } from '../support/user.js';

/** The smallest model, as code for a child process. */
const MODEL = `[
  { name: 'layers.0.weight', shape: [1, 1], data: Float32Array.of(1) },
  { name: 'layers.0.bias', shape: [1], data: Float32Array.of(1) },
]`;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
const model = new URL('../../dist/checkpoint/model-file.js', import.meta.url).href;

describe('saves to one path at the same time', () => {
  test('40 rounds from one process: none fails, and the file is whole and one of those saved', async () => {
    const path = join(folder, 'model.safetensors');
    for (let round = 0; round < 40; ++round) {
      const values = [0, 1, 2, 3].map((number) => 10 * round + number);
      await Promise.all(values.map((value) => saveModel(path, weightsOf(value, 5_000 + value))));
      expect(values).toContain(await valueIn(path));
    }
    expect(readdirSync(folder)).toEqual(['model.safetensors']);
  });

  test('from four worker threads: none fails, and the file is whole whenever it is read', async () => {
    const path = join(folder, 'model.safetensors');
    await saveModel(path, weightsOf(0));
    const body = `
      const { parentPort, workerData: { path, value } } = require('node:worker_threads');
      import(${JSON.stringify(model)}).then(async ({ saveModel }) => {
        const parameters = [
          { name: 'layers.0.weight', shape: [2, 4000], data: new Float32Array(8000).fill(value) },
          { name: 'layers.0.bias', shape: [2], data: new Float32Array(2).fill(value) },
        ];
        for (let i = 0; i < 25; ++i) await saveModel(path, parameters);
      });`;
    const ends = [1, 2, 3, 4].map(
      (value) =>
        new Promise<number>((resolve, reject) => {
          const worker = new Worker(body, { eval: true, workerData: { path, value } });
          worker.on('error', reject).on('exit', resolve);
        }),
    );
    let running = true;
    const all = Promise.all(ends).finally(() => {
      running = false;
    });
    while (running) expect([0, 1, 2, 3, 4]).toContain(await valueIn(path));
    expect(await all).toEqual([0, 0, 0, 0]);
    expect(readdirSync(folder)).toEqual(['model.safetensors']);
  });

  test('leftovers of killed processes go; what a living process writes stays, of any host', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const own = temporaryPath(folder);
    const dead = own.replace(`-${process.pid}-`, `-${pid}-`);
    const elsewhere = dead.replace(/(\.cl-torch-)\w{8}/, '$1abcdef01');
    for (const path of [own, dead, elsewhere]) writeFileSync(path, 'half');
    await removeTemporaries(folder);
    expect([own, dead, elsewhere].map((path) => existsSync(path))).toEqual([true, false, true]);
  });
});

describe('a save', () => {
  test.each([1, 200, 250, 255])('takes a name of %i bytes', async (length) => {
    const path = join(folder, 'n'.repeat(length));
    await saveModel(path, weightsOf(7));
    await saveModel(path, weightsOf(8));
    expect(await valueIn(path)).toBe(8);
  });

  test('makes the folders that are missing', async () => {
    const path = join(folder, 'a', 'b', 'model.safetensors');
    await saveModel(path, weightsOf(1));
    expect(await valueIn(path)).toBe(1);
  });

  test.each(['relative', 'absolute', 'of a link'])(
    'through a symbolic link (%s) writes its target',
    async (kind) => {
      const target = join(folder, 'elsewhere', 'target');
      const link = join(folder, 'link');
      await saveModel(target, weightsOf(1));
      symlinkSync(kind === 'absolute' ? target : 'elsewhere/target', link);
      const path = kind === 'of a link' ? join(folder, 'second') : link;
      if (path !== link) symlinkSync(link, path);
      await saveModel(path, weightsOf(2));
      expect(lstatSync(path).isSymbolicLink()).toBe(true);
      expect(await valueIn(target)).toBe(2);
      expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['target']);
    },
  );

  test('through a link that leads nowhere makes its target', async () => {
    const link = join(folder, 'link');
    symlinkSync('later/model', link);
    await saveModel(link, weightsOf(3));
    expect(readlinkSync(link)).toBe('later/model');
    expect(await valueIn(join(folder, 'later', 'model'))).toBe(3);
  });

  test('through a link to a folder that is missing makes the folder', async () => {
    symlinkSync('missing/runs', join(folder, 'runs'));
    await saveModel(join(folder, 'runs', '1', 'model'), weightsOf(3));
    expect(await valueIn(join(folder, 'missing', 'runs', '1', 'model'))).toBe(3);
    expect(lstatSync(join(folder, 'runs')).isSymbolicLink()).toBe(true);
  });

  test('through a link that goes up from a linked folder writes where the link is read', async () => {
    mkdirSync(join(folder, 'disk', 'run7'), { recursive: true });
    symlinkSync('disk/run7', join(folder, 'latest'));
    for (const target of ['latest/../model', 'latest/new/../deep/model']) {
      const link = join(folder, 'current');
      symlinkSync(target, link);
      await saveModel(link, weightsOf(1));
      await saveModel(link, weightsOf(2));
      expect(await valueIn(link)).toBe(2);
      rmSync(link);
    }
    expect(readdirSync(join(folder, 'disk')).sort()).toEqual(['model', 'run7']);
    expect(await valueIn(join(folder, 'disk', 'model'))).toBe(2);
    expect(await valueIn(join(folder, 'disk', 'run7', 'deep', 'model'))).toBe(2);
  });

  test('into a linked folder whose link goes up from another makes that folder', async () => {
    mkdirSync(join(folder, 'disk', 'run7'), { recursive: true });
    symlinkSync('disk/run7', join(folder, 'latest'));
    symlinkSync('latest/../models', join(folder, 'models'));
    await saveModel(join(folder, 'models', 'model'), weightsOf(1));
    expect(await valueIn(join(folder, 'disk', 'models', 'model'))).toBe(1);
    expect(await valueIn(join(folder, 'models', 'model'))).toBe(1);
  });

  test('clears away what killed processes left in the folder', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(temporaryPath(folder).replace(`-${process.pid}-`, `-${pid}-`), 'half');
    await saveModel(join(folder, 'model'), weightsOf(1));
    expect(readdirSync(folder)).toEqual(['model']);
  });

  test('on a file that is mounted writes it in place', async ({ skip }) => {
    const [path, mounted] = [join(folder, 'inside'), join(folder, 'outside')];
    for (const file of [path, mounted]) await saveModel(file, weightsOf(1, 50));
    if (spawnSync('mount', ['--bind', mounted, path]).status !== 0) skip('only root can mount');
    try {
      await saveModel(path, weightsOf(9));
      expect(await valueIn(mounted)).toBe(9);
    } finally {
      spawnSync('umount', [path]);
    }
  });

  test('through a link to another file system writes its target', async ({ skip }) => {
    const shared = '/dev/shm';
    if (!existsSync(shared) || statSync(shared).dev === statSync(folder).dev)
      skip('there is no other file system');
    const target = join(shared, `cl-torch-test-${process.pid}`);
    symlinkSync(target, join(folder, 'link'));
    try {
      for (const value of [4, 5]) await saveModel(join(folder, 'link'), weightsOf(value));
      expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
      expect(await valueIn(target)).toBe(5);
    } finally {
      spawnSync('rm', ['-f', target]);
    }
  });

  test.each([0o600, 0o640, 0o664, 0o666])('keeps the mode %o', async (mode) => {
    const path = join(folder, 'private');
    await saveModel(path, weightsOf(1));
    chmodSync(path, mode);
    await saveModel(path, weightsOf(2));
    expect([modeOf(path), await valueIn(path)]).toEqual([mode.toString(8), 2]);
  });

  test('as root keeps the owner and the group', async ({ skip }) => {
    if (!isRoot) skip('only root can give a file away');
    const path = join(folder, 'given');
    await saveModel(path, weightsOf(1));
    chownSync(path, NOBODY, 12_345);
    await saveModel(path, weightsOf(2));
    expect(statSync(path)).toMatchObject({ uid: NOBODY, gid: 12_345 });
  });

  test('of a new file has the mode of the umask', async () => {
    const { stdout } = await runAs(
      undefined,
      { saveModel: 'checkpoint/model-file.js' },
      `process.umask(0o027);
       await saveModel(${JSON.stringify(join(folder, 'new'))}, ${MODEL});
       console.log(process.umask().toString(8));`,
    );
    expect(stdout).toBe('27\n');
    expect(modeOf(join(folder, 'new'))).toBe('640');
  });
});

describe('a save that is refused', () => {
  const refused = async (path: string): Promise<Error> => {
    const error: unknown = await saveModel(path, weightsOf(2)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'OUTPUT_FAILED' });
    return error as Error;
  };

  test('a read-only file, by root too, stays as it is', async () => {
    const path = join(folder, 'kept');
    await saveModel(path, weightsOf(1));
    chmodSync(path, 0o444);
    const { message } = await refused(path);
    expect(message).toMatch(/read-only|permission denied/);
    expect(message).toContain('The file that was there is as it was.');
    expect([await valueIn(path), modeOf(path)]).toEqual([1, '444']);
  });

  test('a read-only file behind a link', async () => {
    const path = join(folder, 'kept');
    await saveModel(path, weightsOf(1));
    chmodSync(path, 0o400);
    symlinkSync(path, join(folder, 'link'));
    await refused(join(folder, 'link'));
    expect(await valueIn(path)).toBe(1);
  });

  test('another user’s file that may only be read', async ({ skip }) => {
    if (!isRoot) skip('only root can be two users');
    const path = join(folder, 'of-root');
    await saveModel(path, weightsOf(1));
    chmodSync(folder, 0o777);
    const { stdout } = await runAs(
      NOBODY,
      { saveModel: 'checkpoint/model-file.js' },
      `await saveModel(${JSON.stringify(path)}, ${MODEL}).catch(({ code, message }) => console.log(code, message));`,
    );
    expect(stdout).toMatch(/^OUTPUT_FAILED .*EACCES.*this is user .*65534.*as it was/);
    expect(await valueIn(path)).toBe(1);
  });

  test('a folder behind links in a circle', async () => {
    symlinkSync('b', join(folder, 'a'));
    symlinkSync('a', join(folder, 'b'));
    expect((await refused(join(folder, 'a', 'model'))).message).toContain('ELOOP');
  });

  test('links in a circle', async () => {
    symlinkSync('b', join(folder, 'a'));
    symlinkSync('a', join(folder, 'b'));
    expect((await refused(join(folder, 'a'))).message).toContain('ELOOP');
  });

  test('a folder, or a name that only a folder can have', async () => {
    symlinkSync('later/', join(folder, 'link'));
    for (const path of [folder, `${folder}/`, join(folder, 'new/'), join(folder, 'link')]) {
      expect((await refused(path)).message).toContain('EISDIR');
    }
  });

  test('a name that is too long, and a file where a folder must be', async () => {
    expect((await refused(join(folder, 'n'.repeat(256)))).message).toContain('ENAMETOOLONG');
    writeFileSync(join(folder, 'file'), '');
    expect((await refused(join(folder, 'file', 'deep', 'model'))).message).toContain('ENOTDIR');
    expect((await refused(join(folder, 'file', 'model'))).message).toContain('ENOTDIR');
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadModel, saveModel } from '../../lib/checkpoint/model-file.js';
import { openEventLog } from '../../lib/sinks/index.js';
import { outcomeOf } from '../support/child.js';
import { temporaryFolder } from '../support/libtorch.js';
import { madeUpRun } from '../support/made-up-run.js';
import { weightsOf } from '../support/saving.js';
import { isRoot } from '../support/user.js';

const binary = new URL('../../bin/cl-torch.js', import.meta.url).pathname;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(join(folder, 'result.json'), JSON.stringify(madeUpRun({ strategy: 'baseline' })));
});

/** A shell's command line in the folder; `$REPORT` draws the run that lies there. */
function shell(command: string): ReturnType<typeof outcomeOf> {
  const env = { ...process.env, REPORT: `${process.execPath} ${binary} report ${folder}` };
  return outcomeOf(spawn('bash', ['-c', command], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** A link like /dev/stdout, which a mistake may replace. */
function standardOutput(): string {
  const path = join(folder, 'stdout');
  symlinkSync('/proc/self/fd/1', path);
  return path;
}

/** A device like /dev/null, which a mistake may replace. */
function sink(skip: (note: string) => never): string {
  if (!isRoot) skip('only root can make a device');
  const path = join(folder, 'null');
  if (spawnSync('mknod', [path, 'c', '1', '3']).status !== 0) skip('devices cannot be made here');
  try {
    closeSync(openSync(path, 'w'));
  } catch {
    skip('devices cannot be opened here');
  }
  return path;
}

describe('what is no regular file is written to, and stays what it is:', () => {
  test('a device', async ({ skip }) => {
    const path = sink(skip);
    await saveModel(path, weightsOf(1));
    expect((await shell(`$REPORT --out ${path}`)).status).toBe(0);
    openEventLog(path).close();
    expect(statSync(path).isCharacterDevice()).toBe(true);
  });

  test('a link to a device', async ({ skip }) => {
    const path = sink(skip);
    symlinkSync(path, join(folder, 'link'));
    await saveModel(join(folder, 'link'), weightsOf(1));
    expect(statSync(path).isCharacterDevice()).toBe(true);
  });

  test('a named pipe, with all that was saved', async () => {
    const [pipe, copy] = [join(folder, 'pipe'), join(folder, 'copy')];
    spawnSync('mkfifo', [pipe]);
    const reader = shell(`cat ${pipe} > ${copy}`);
    await saveModel(pipe, weightsOf(3, 100_000));
    await reader;
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect((await loadModel(copy)).parameters[0]?.data.length).toBe(200_000);
  });

  test('/dev/stdout, whether pipe, socket or file', async () => {
    const { status, stdout, stderr } = await shell(`$REPORT --out ${standardOutput()}`); // Node gives its children sockets
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^<!doctype html>.*<\/html>\s*$/is);
    const pipe = await shell('$REPORT --out /dev/fd/1 | cat');
    expect(pipe.stdout).toBe(stdout);
    await shell('(echo before; $REPORT --out /proc/self/fd/1; echo after) > page.html');
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toBe(`before\n${stdout}after\n`);
  });

  test('a process that the shell puts in a file’s place', async () => {
    const { status } = await shell(`$REPORT --out >(cat > page.html); wait; sleep 0.2`);
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toMatch(/<\/html>\s*$/);
  });
});

describe('an event log', () => {
  test('goes to /dev/stdout, in its order among other lines', async () => {
    const module = new URL('../../dist/sinks/index.js', import.meta.url).href;
    writeFileSync(
      join(folder, 'log.mjs'),
      `const { openEventLog } = await import(${JSON.stringify(module)});
       const log = openEventLog('${standardOutput()}');
       for (let task = 0; task < 2000; ++task) log.write({ type: 'task-start', task, tasks: 2000, epochs: 5 });
       log.close();
       console.log('afterwards');`,
    );
    for (const end of ['', '| (sleep 0.3; cat)']) {
      const lines = (await shell(`${process.execPath} log.mjs ${end}`)).stdout.trim().split('\n');
      expect(lines).toHaveLength(2001);
      expect(JSON.parse(lines[1999] ?? '')).toMatchObject({ task: 1999 });
      expect(lines[2000]).toBe('afterwards');
    }
  });

  test('keeps a read-only file as it is, by root too', () => {
    const path = join(folder, 'events.jsonl');
    writeFileSync(path, '{}\n', { mode: 0o444 });
    expect(() => openEventLog(path)).toThrow(expect.objectContaining({ code: 'OUTPUT_FAILED' }));
    expect(readFileSync(path, 'utf8')).toBe('{}\n');
  });

  test('through a link that leads nowhere makes its target', () => {
    symlinkSync('later/events.jsonl', join(folder, 'link'));
    using log = openEventLog(join(folder, 'link'));
    log.write({ type: 'task-start', task: 0, tasks: 1, epochs: 5 });
    expect(readFileSync(join(folder, 'later/events.jsonl'), 'utf8')).toContain('task-start');
  });
});

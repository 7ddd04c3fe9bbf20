import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../lib/runs/types.js';
import { eventLine } from '../../lib/sinks/event-log.js';
import { openEventLog } from '../../lib/sinks/index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-events-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const time = new Date('2026-11-24T12:34:56.789Z');
const taskStart = (task: number): RunEvent => ({ type: 'task-start', task, tasks: 3, epochs: 5 });

function epoch(stepLosses: Float32Array): RunEvent {
  return {
    type: 'epoch',
    task: 0,
    epoch: 0,
    loss: 1,
    seconds: 1,
    samplesPerSecond: 1,
    secondsLeft: 1,
    stepLosses,
    cudaGraphs: null,
  };
}

describe('a line', () => {
  test('has the version, the time and the event', () => {
    expect(eventLine(taskStart(1), time)).toBe(
      '{"version":2,"time":"2026-11-24T12:34:56.789Z","type":"task-start","task":1,"tasks":3,"epochs":5}',
    );
  });

  test('has a float32 in few digits that are still that float32', () => {
    const bits = Uint32Array.from({ length: 2000 }, (_, i) => 0x3a000000 + i * 0x9e37);
    const losses = new Float32Array(bits.buffer);
    const { stepLosses } = JSON.parse(eventLine(epoch(losses), time)) as { stepLosses: number[] };
    expect(stepLosses.map(Math.fround)).toEqual(Array.from(losses));
    expect(eventLine(epoch(Float32Array.of(0.1)), time)).toContain('[0.100000001]');
  });

  test('has null for a loss that is no number', () => {
    expect(eventLine(epoch(Float32Array.of(Number.NaN, 1)), time)).toContain('"stepLosses":[null,1]');
  });
});

describe('the file', () => {
  test('has each line at once, and keeps what was there', async () => {
    const path = join(folder, 'new', 'events.jsonl');
    for (const first of [0, 2]) {
      using log = openEventLog(path);
      log.write(taskStart(first));
      expect((await readFile(path, 'utf8')).trimEnd().split('\n')).toHaveLength(first + 1);
      log.write(taskStart(first + 1));
    }
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { task: number }).task)).toEqual([0, 1, 2, 3]);
  });

  test('that ends inside a line gets a new one', async () => {
    const path = join(folder, 'torn.jsonl');
    await writeFile(path, '{"version":1,"ty');
    using log = openEventLog(path);
    log.write(taskStart(0));
    expect((await readFile(path, 'utf8')).split('\n')).toEqual([
      '{"version":1,"ty',
      expect.stringContaining('"type":"task-start"'),
      '',
    ]);
  });

  test('that is a folder is refused at once', () => {
    expect(() => openEventLog(folder)).toThrow(
      expect.objectContaining({ code: 'OUTPUT_FAILED', message: expect.stringContaining('--events') }),
    );
  });

  test('on a full disk: the write is refused', () => {
    using log = openEventLog('/dev/full');
    expect(() => log.write(taskStart(0))).toThrow(expect.objectContaining({ code: 'OUTPUT_FAILED' }));
  });

  test('is not written after it was closed', () => {
    const log = openEventLog(join(folder, 'closed.jsonl'));
    log.close();
    log.close();
    expect(() => log.write(taskStart(0))).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
  });
});

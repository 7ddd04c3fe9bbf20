import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import type { Environment, RunEvent } from '../../lib/runs/types.js';
import { openTensorBoardLog } from '../../lib/sinks/index.js';
import { scalarEvent, versionEvent } from '../../lib/sinks/tensorboard/event.js';
import { crc32c, frame, masked } from '../../lib/sinks/tensorboard/record.js';
import { RunScalars } from '../../lib/sinks/tensorboard/scalars.js';

import { silent } from '../support/made-up-run.js';

interface Fixture {
  readonly version: { readonly wallTime: number; readonly record: string };
  readonly scalars: readonly {
    readonly wallTime: number;
    readonly tag: string;
    readonly value: number;
    readonly step: number;
    readonly record: string;
  }[];
}

/** Written by the tensorboard package (test/reference/make_tensorboard.py). */
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/tensorboard.json', import.meta.url), 'utf8'),
) as Fixture;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('CRC-32C', () => {
  // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
  test.each([
    ['32 bytes of zeroes', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 bytes counting up', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['32 bytes counting down', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    ['"123456789"', Buffer.from('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(), 0],
  ])('of %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  // By hand: rotate right by 15, add 0xa282ead8, keep 32 bits.
  test.each([
    [0, 0xa282ead8],
    [1, 0xa284ead8],
    [0x8000, 0xa282ead9],
    [0xffffffff, 0xa282ead7],
  ])('%i masked', (crc, expected) => {
    expect(masked(crc)).toBe(expected);
  });
});

describe('records are those of the tensorboard package, byte for byte', () => {
  test('the version', () => {
    expect(hex(frame(versionEvent(fixture.version.wallTime)))).toBe(fixture.version.record);
  });

  test.each(fixture.scalars)('$tag at step $step', ({ wallTime, record, ...scalar }) => {
    expect(hex(frame(scalarEvent(wallTime, scalar)))).toBe(record);
  });
});

const environment = { device: 'cpu' } as Environment;

function start(strategy: 'baseline' | 'lfd', seed = 2024): RunEvent {
  return { type: 'start', strategy, config: parseConfig({ strategy, seed }), environment };
}

function epoch(task: number, losses: readonly number[]): RunEvent {
  const stepLosses = Float32Array.from(losses);
  return {
    type: 'epoch',
    task,
    epoch: 0,
    loss: 0.5,
    seconds: 8,
    samplesPerSecond: 100,
    secondsLeft: 8,
    stepLosses,
    cudaGraphs: null,
  };
}

const task: RunEvent = {
  type: 'task',
  task: 1,
  tasks: 3,
  accuracy: [80, 95],
  accuracyTaskAware: null,
  mean: 87.5,
  seconds: 20,
  report: {
    measures: {
      g: { label: 'g', phase: 'direction', before: 3, value: 2 },
      deviation: { label: 'off the direction', phase: 'direction', value: 4 },
      lambda: { label: 'λ found', phase: 'equilibrium-point', value: 0.75 },
      'loss-old': { label: 'loss at 0', phase: 'equilibrium-point', value: null },
      loss: { label: 'loss at λ', phase: 'equilibrium-point', value: 1 },
    },
    curves: {
      'lambda-path': {
        label: 'The way',
        phase: 'equilibrium-point',
        x: { label: 'step' },
        y: { label: 'λ' },
        values: [0.5, 0.75],
      },
    },
    phases: {
      direction: { label: 'direction', seconds: 0.5 },
      'equilibrium-point': { label: 'equilibrium point', seconds: 0.25, accuracyBefore: [70, 96] },
    },
  },
};

describe('the curves', () => {
  test('of the losses run on over the tasks; a step is placed when it was made', () => {
    const scalars = new RunScalars();
    scalars.of(epoch(0, [4, 3]));
    const points = scalars.of(epoch(1, [2, 1, 0.5, 0.25]));
    expect(points.filter(({ tag }) => tag === 'loss/step')).toEqual([
      { tag: 'loss/step', step: 3, value: 2, secondsAgo: 6 },
      { tag: 'loss/step', step: 4, value: 1, secondsAgo: 4 },
      { tag: 'loss/step', step: 5, value: 0.5, secondsAgo: 2 },
      { tag: 'loss/step', step: 6, value: 0.25, secondsAgo: 0 },
    ]);
    expect(points).toContainEqual({ tag: 'loss/epoch', step: 6, value: 0.5, secondsAgo: 0 });
    expect(points).toContainEqual({ tag: 'speed/images_per_second', step: 6, value: 100, secondsAgo: 0 });
  });

  test('of a task: accuracies, g, lambda, seconds', () => {
    const points = new RunScalars().of(task).map(({ tag, step, value }) => [tag, step, value]);
    expect(points).toEqual([
      ['accuracy/mean', 1, 87.5],
      ['accuracy/task_0', 1, 80],
      ['accuracy/task_1', 1, 95],
      ['seconds/task', 1, 20],
      ['direction/g/before', 1, 3],
      ['direction/g', 1, 2],
      ['direction/deviation', 1, 4],
      ['equilibrium_point/lambda', 1, 0.75],
      ['equilibrium_point/loss', 1, 1],
      ['seconds/direction', 1, 0.5],
      ['accuracy/before_equilibrium_point', 1, 83],
      ['seconds/equilibrium_point', 1, 0.25],
      ['equilibrium_point/lambda_path/task_1', 0, 0.5],
      ['equilibrium_point/lambda_path/task_1', 1, 0.75],
    ]);
  });

  test('of a strategy that tells nothing else are accuracies and seconds', () => {
    const plain = { ...task, report: silent };
    expect(new RunScalars().of(plain as RunEvent).map(({ tag }) => tag)).toEqual([
      'accuracy/mean',
      'accuracy/task_0',
      'accuracy/task_1',
      'seconds/task',
    ]);
  });
});

describe('the folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cl-torch-tensorboard-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('gets a folder for each run, also for one with the same name', () => {
    const place = join(folder, 'not', 'there');
    for (let again = 0; again < 2; ++again) {
      using log = openTensorBoardLog(place);
      for (const event of [start('lfd'), epoch(0, [1]), task, start('baseline', 7), epoch(0, [1])])
        log.write(event);
    }
    expect(readdirSync(place).sort()).toEqual(
      ['baseline-seed7', 'baseline-seed7-2', 'lfd-seed2024', 'lfd-seed2024-2'].sort(),
    );
    for (const run of readdirSync(place)) {
      const files = readdirSync(join(place, run));
      expect(files).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d{10}\..+\.\d+\.0$/)]);
    }
  });

  test('has a point in its file as soon as it is written', () => {
    using log = openTensorBoardLog(folder);
    log.write(start('lfd'));
    const [name = ''] = readdirSync(join(folder, 'lfd-seed2024'));
    const size = (): number => statSync(join(folder, 'lfd-seed2024', name)).size;
    const before = size();
    log.write(epoch(0, [1, 2]));
    // 16 bytes of framing and 9 of time for each of five points, and more.
    expect(size() - before).toBeGreaterThan(5 * 25);
  });

  test('that is a file is refused at once', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(() => openTensorBoardLog(file)).toThrow(
      expect.objectContaining({ code: 'OUTPUT_FAILED', message: expect.stringContaining('--tensorboard') }),
    );
  });
});

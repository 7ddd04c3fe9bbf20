import { describe, expect, test } from 'vitest';
import type { BenchReport } from '../../lib/speed/types.js';
import { clTorch } from './command.js';
import { clTorchHere } from './here.js';

test('measures an epoch and, in the same process, the floor under it; and runs of a sweep', async () => {
  const { status, stdout, stderr } = await clTorch(
    'bench --engines fused --repeats 1 --threads 1 --sweep 4 --json'.split(' '),
  );
  expect(status).toBe(0);
  expect(stderr).toBe('1/1 cl-torch, fused\n1/1 the runs by themselves\n1/1 as a sweep\n');
  const report = JSON.parse(stdout) as BenchReport;
  expect(report).toMatchObject({
    schemaVersion: 1,
    environment: { device: 'cpu', threads: 1, engine: 'fused' },
  });
  const [ours] = report.epochs;
  // By hand: 784 × 400 twice, 400 × 400 and 400 × 400 and 400 × 10 three times; two operations each, 60,000 rows.
  const operations = 2 * 60_000 * (2 * 784 * 400 + 3 * (2 * 400 * 400 + 400 * 10));
  const seconds = ours?.epoch.median ?? Number.NaN;
  expect((ours?.gflops?.median ?? Number.NaN) * seconds * 1e9).toBeCloseTo(operations, -3);
  // An epoch does the products and more; the machine may be busy in between.
  expect(ours?.timesFloor?.median).toBeGreaterThan(0.5);
  expect(ours?.peakMemoryBytes.median).toBeGreaterThan(100e6);
  expect(report.sweeps.map(({ name }) => name)).toEqual(['the runs by themselves', 'as a sweep']);
  for (const { seconds } of report.sweeps) expect(seconds.median).toBeGreaterThan(0.1);
}, 180_000);

test('measures epochs of any network, in the engine that trains it', async () => {
  const asked =
    'bench --network resnet18 --nf 2 --images 3x8x8 --examples 45 --batch-size 20 --repeats 2 --threads 1';
  const { status, stdout, stderr } = await clTorch([...asked.split(' '), '--json']);
  expect(status).toBe(0);
  expect(stderr).toBe('1/2 cl-torch, autograd\n2/2 cl-torch, autograd\n');
  const { options, environment, epochs } = JSON.parse(stdout) as BenchReport;
  expect(options).toMatchObject({
    engines: ['autograd'],
    network: { settings: { network: 'resnet18', width: 2, batchSize: 20 }, images: [3, 8, 8], examples: 45 },
  });
  expect(environment).toMatchObject({ engine: 'autograd', threads: 1 });
  expect(epochs).toHaveLength(1);
  expect(epochs[0]?.epoch.least).toBeGreaterThan(0);
  expect(epochs[0]?.timesFirst).toEqual({ median: 1, least: 1, greatest: 1 });
  expect(epochs[0]?.timesFloor).toBeNull();
  expect(epochs[0]?.peakMemoryBytes.median).toBeGreaterThan(50e6);
}, 180_000);

test('an engine that cannot train the network is told before any measurement', async () => {
  const { status, stderr } = await clTorch('bench --network cnn --engines fused'.split(' '));
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: The fused engine cannot train this: .*ENGINE_UNAVAILABLE/s);
}, 60_000);

describe('wrong usage is told before any measurement', () => {
  test.each([
    [['--repeats', '0'], '--repeats: expected an integer from 1 to 1000'],
    [['--whole-run', '10'], '--whole-run: expected tasks x epochs such as 10x5'],
    [['--busy', '0'], '--busy: expected numbers of processes from 1 to 64 such as 1,4'],
    [['--busy', '1,x'], "found '1,x'"],
    [['--sweep', '0'], '--sweep: expected an integer from 1 to 10000'],
    [['--engines', 'auto'], '--engines: expected fused, autograd or both'],
    [['--engines', 'fastest'], 'engine (--engine)'],
    [['--reference', 'x.py'], '--reference needs --python FILE and --whole-run'],
    [['--precision', 'fp8'], 'Allowed choices are fp32, tf32, bf16'],
    [['--threads', 'many'], 'threads (--threads)'],
    [['--network', 'resnet'], 'network (--network): expected one of mlp, cnn, resnet18'],
    [['--network', 'cnn', '--width', '20'], '"width": an option of resnet18, not of this network'],
    [['--network', 'cnn', '--images', '1x2x2'], 'leave nothing of 2 × 2 pixels'],
    [['--images', '32x32'], '--images: expected channels x height x width'],
    [['--examples', '60001'], '--examples: expected an integer from 1 to 60000'],
    [['--batch-size', '0'], 'batchSize (--batch-size): expected an integer from 1'],
  ])('%j', async (args, message) => {
    const { status, stderr } = await clTorchHere(['bench', ...args]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

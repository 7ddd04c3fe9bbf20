import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunResult } from '../../lib/runs/types.js';
import { outcomeOf } from '../support/child.js';
import { cifar10Archive, cifar10Files, stripes } from '../support/cifar.js';
import { png } from '../support/png.js';
import { modelIn, timeless } from '../support/runs.js';
import { clTorch, type Sandbox, sandbox, start, untilPrinted } from './command.js';

vi.setConfig({ testTimeout: 180_000 }); // several processes

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

/** A picture of the test images' kind, as a PNG file of 8-bit RGB. */
function picture(label: number): Buffer {
  const places = Array.from({ length: 32 }, (_, place) => place);
  const lines = places.map((y) => places.flatMap((x) => [...stripes(label, x, y)]));
  return png({ width: 32, depth: 8, colour: 2 }, lines);
}

test('ResNet18 learns Split CIFAR-10 from the official archive, is stopped, goes on, has a page, and tells a picture', async () => {
  const archive = join(box.folder, 'cifar-10-binary.tar.gz');
  await writeFile(archive, cifar10Archive(cifar10Files(4)));
  const run = (out: string): string[] =>
    [
      'run er --benchmark split-cifar10 --network resnet18 --width 8 --device cpu --threads 1 --epochs 4 --batch-size 8',
      `--memory-size 20 --optimizer adam --learning-rate 0.003 --checkpoint-every epoch --data-dir ${archive} --out ${out}`,
    ]
      .join(' ')
      .split(' ');
  const [whole, stopped] = [join(box.folder, 'whole'), join(box.folder, 'stopped')];
  expect((await clTorch(run(whole))).status).toBe(0);

  const child = start(run(stopped));
  const ended = outcomeOf(child);
  await untilPrinted(child, /^Task 0: .*\n/m);
  child.kill('SIGINT');
  expect((await ended).status).toBe(130);
  const resumed = await clTorch(['resume', stopped]);
  expect(resumed.status).toBe(0);
  expect(resumed.stdout).not.toMatch(/^Task 0: /m);
  const [one, other] = await Promise.all(
    [whole, stopped].map(
      async (out): Promise<RunResult> => JSON.parse(await readFile(join(out, 'result.json'), 'utf8')),
    ),
  );
  expect(one?.config).toMatchObject({ dataset: 'cifar10', network: 'resnet18', scenario: 'class', tasks: 5 });
  expect(one && timeless(one)).toEqual(other && timeless(other));
  expect(await modelIn(stopped)).toEqual(await modelIn(whole));
  expect(one?.taskMeans.at(-1)).toBeGreaterThan(50); // of ten classes

  const page = join(box.folder, 'page.html');
  expect((await clTorch(['report', stopped, '--out', page])).status).toBe(0);
  expect(await readFile(page, 'utf8')).toContain('split-cifar10');

  const image = join(box.folder, 'truck.png');
  await writeFile(image, picture(9));
  const { status, stdout, stderr } = await clTorch(['predict', stopped, '--images', image, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { predictions, classNames } = JSON.parse(stdout) as {
    readonly predictions: readonly { readonly label: number }[];
    readonly classNames: readonly string[];
  };
  expect(predictions.map(({ label }) => classNames[label])).toEqual(['truck']);
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/libtorch.js';

const example = fileURLToPath(new URL('../../examples/wandb-replay.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

/** In the place of the package: prints what it is told. */
const RECORDER = `
import json

class Run:
    def __init__(self):
        self.summary = {}
    def define_metric(self, name, step_metric):
        print(json.dumps(["metric", name, step_metric]))
    def log(self, values):
        print(json.dumps(["log", values]))
    def finish(self):
        print(json.dumps(["finish", self.summary]))

def init(**options):
    print(json.dumps(["init", options]))
    return Run()

def finish():
    pass
`;

test.skipIf(!hasPython)('examples/wandb-replay.py tells Weights & Biases what the events say', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'wandb'));
  writeFileSync(join(folder, 'wandb', '__init__.py'), RECORDER);
  const config = { seed: 7, hidden: [100] };
  const events = [
    { type: 'start', strategy: 'er', config },
    { type: 'warning', text: 'fewer threads' },
    { type: 'epoch', task: 0, epoch: 0, loss: 0.5, samplesPerSecond: 900, stepLosses: [0.75, 0.25] },
    { type: 'task', task: 1, accuracy: [97.5, 90], mean: 93.75 },
    { type: 'end', result: { status: 'completed' } },
  ].map((event) => JSON.stringify({ version: 2, ...event }));
  const file = join(folder, 'events.jsonl');
  writeFileSync(file, `${events.slice(0, 4).join('\n')}\n{"version":2,"ti\n${events[4]}\n`);
  const { stdout, stderr } = spawnSync('python3', [example, file, 'mine'], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: folder },
  });
  expect(stderr).toBe('');
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    ['init', { project: 'mine', name: 'er-seed7', config, mode: 'offline' }],
    ['metric', 'accuracy/*', 'task'],
    ['log', { 'loss/step': 0.75 }],
    ['log', { 'loss/step': 0.25 }],
    ['log', { 'loss/epoch': 0.5, 'speed/images_per_second': 900 }],
    ['log', { task: 1, 'accuracy/mean': 93.75, 'accuracy/task_0': 97.5, 'accuracy/task_1': 90 }],
    ['finish', { status: 'completed' }],
  ]);
});

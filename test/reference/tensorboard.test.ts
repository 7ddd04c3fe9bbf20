import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openTensorBoardLog, type RunEvent, runExperiment } from '../../lib/index.js';
import { RunScalars } from '../../lib/sinks/tensorboard/scalars.js';
import { sandbox } from '../cli/command.js';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const reader = fileURLToPath(new URL('./read_tensorboard.py', import.meta.url));

test('TensorBoard reads every point of a run', async () => {
  await using box = await sandbox();
  using log = openTensorBoardLog(box.folder);
  const scalars = new RunScalars();
  const told = new Map<string, [step: number, value: number][]>();
  const onEvent = (event: RunEvent): void => {
    log.write(event);
    for (const { tag, step, value } of scalars.of(event))
      told.set(tag, [...(told.get(tag) ?? []), [step, Math.fround(value)]]);
  };
  const small = { tasks: 3, epochs: 2, hidden: [16], memorySize: 50, device: 'cpu', threads: 1 } as const;
  await runExperiment({ strategy: 'lfd', ...small, dataDir: box.dataDir }, { onEvent });
  const { status, stdout, stderr } = spawnSync(python, [reader, join(box.folder, 'lfd-seed2024')], {
    encoding: 'utf8',
  });
  expect(status, `Set CL_TORCH_PYTHON to a Python with tensorboard; '${python}' said: ${stderr}`).toBe(0);
  expect(JSON.parse(stdout)).toEqual(Object.fromEntries(told));
  expect(told.get('accuracy/mean')).toHaveLength(3);
});

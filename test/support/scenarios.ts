import { mkdir, writeFile } from 'node:fs/promises';
import type { RunResult } from '../../lib/runs/types.js';
import { runExperiment } from '../../lib/sweep/experiment.js';
import { idx } from './idx.js';

/** A run as test/reference/make_scenarios.py writes it. */
export interface PythonScenario {
  readonly scenario: 'task' | 'domain' | 'class';
  readonly outputs: 'seen' | 'all' | 'grow';
  /** In place of the two epochs. */
  readonly iterations: number | null;
  readonly lastBatch: 'keep' | 'drop';
  readonly optimizerState: 'task' | 'keep';
  /** Of each epoch, of every step. */
  readonly losses: readonly (readonly number[])[];
  readonly accuracy: readonly (readonly number[])[];
  readonly accuracyTaskAware: readonly (readonly number[])[] | null;
}

export interface PythonScenarios {
  readonly torch: string;
  readonly runs: readonly PythonScenario[];
}

/** The script's images and labels. */
function examples(rows: number, start: number): { images: number[]; labels: number[] } {
  const numbers = Array.from({ length: rows }, (_, index) => start + index);
  const labels = numbers.map((row) => (row * row + Math.floor(row / 5)) % 6);
  const images = numbers.flatMap((row, index) =>
    Array.from(
      { length: 8 },
      (_, column) => ((row * 37 + column * 101) % 160) + (column === labels[index] ? 90 : 0),
    ),
  );
  return { images, labels };
}

/** Writes the script's data as IDX files into the folder. */
export async function writeScenarioData(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const [train, measured] = [examples(100, 0), examples(61, 1000)];
  const files = {
    'train-images-idx3-ubyte': idx([100, 2, 4], train.images),
    'train-labels-idx1-ubyte': idx([100], train.labels),
    't10k-images-idx3-ubyte': idx([61, 2, 4], measured.images),
    't10k-labels-idx1-ubyte': idx([61], measured.labels),
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(`${folder}/${name}`, bytes);
}

type ScenarioChoice = Pick<PythonScenario, 'scenario' | 'outputs'> &
  Partial<Pick<PythonScenario, 'iterations' | 'lastBatch' | 'optimizerState'>>;

/** The script's run here; `more`: options that differ from its. */
export async function runLikePython(
  { scenario, outputs, iterations = null, lastBatch = 'keep', optimizerState = 'task' }: ScenarioChoice,
  dataDir: string,
  engine: 'autograd' | 'fused',
  more: object = {},
): Promise<{ readonly losses: number[][]; readonly result: RunResult }> {
  const losses: number[][] = [];
  const result = await runExperiment(
    {
      strategy: 'baseline',
      benchmark: 'split',
      tasks: 3,
      classesPerTask: 2,
      classOrder: [3, 0, 5, 1, 4, 2],
      dataDir,
      scenario,
      outputs,
      hidden: [7],
      optimizer: 'adam',
      learningRate: 0.02,
      weightDecay: 0,
      ...(iterations === null ? { epochs: 2 } : { iterations }),
      lastBatch,
      optimizerState,
      batchSize: 6,
      seed: 11,
      engine,
      device: 'cpu',
      threads: 1,
      ...more,
    },
    {
      onEvent: (event) => {
        if (event.type === 'epoch') losses.push([...event.stepLosses]);
      },
    },
  );
  return { losses, result };
}

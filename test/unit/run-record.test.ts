import { expect, test } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import { RunRecord } from '../../lib/runs/record.js';
import type { Environment, RunResult } from '../../lib/runs/types.js';

function resultAfter(epochs: readonly (boolean | null)[], earlier?: RunResult): RunResult {
  const environment = { device: 'cuda:0', threads: 1 } as Environment;
  const record = new RunRecord(parseConfig({ strategy: 'baseline' }), environment, 0, earlier);
  record.beginTask();
  for (const cudaGraphs of epochs) record.addEpoch({ loss: 1, seconds: 1, cudaGraphs });
  return record.result('completed');
}

test.each([
  ['on the CPU', [null, null], null],
  ['where every epoch was replayed', [true, true], true],
  ['where one was not, once', [true, false, true], false],
] as const)('a result says of graphs, %s', (_, epochs, expected) => {
  expect(resultAfter(epochs).cudaGraphs).toBe(expected);
});

test('a resumed run remembers that graphs failed', () => {
  expect(resultAfter([true], resultAfter([false])).cudaGraphs).toBe(false);
});

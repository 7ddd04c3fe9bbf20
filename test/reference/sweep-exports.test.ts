import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hparamsFiles } from '../../lib/sinks/exports/hparams.js';
import { sendToMlflow } from '../../lib/sinks/exports/mlflow.js';
import { optunaJournal } from '../../lib/sinks/exports/optuna.js';
import type { RunSummary } from '../../lib/sweep/plan/types.js';
import { temporaryFolder } from '../support/libtorch.js';
import { madeUpSweep } from '../support/made-up-sweep.js';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const reader = fileURLToPath(new URL('./read_sweep.py', import.meta.url));
const at = new Date('2026-11-26T12:00:00Z');

/** Why a test is left out, or nothing: its Python has the package. */
function without(name: string): string {
  const { status } = spawnSync(python, ['-c', `import ${name}`]);
  return status === 0 ? '' : ` (left out: set CL_TORCH_PYTHON to a Python with ${name})`;
}

function read<T>(kind: string, path: string): T {
  const { status, stdout, stderr } = spawnSync(python, [reader, kind, path], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

const mean = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0) / values.length;

interface Study {
  readonly name: string;
  readonly direction: string;
  readonly attributes: { readonly chosen: number; readonly final: readonly { readonly seed: number }[] };
  readonly best: number;
  readonly trials: readonly {
    readonly number: number;
    readonly state: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly value: number | null;
    readonly intermediate: Readonly<Record<string, number>>;
    readonly seconds: number;
  }[];
}

const noOptuna = without('optuna');
test.skipIf(noOptuna !== '')(`Optuna opens a sweep, copies it and goes on from it${noOptuna}`, () => {
  const folder = temporaryFolder();
  const report = madeUpSweep({ trials: 30, troubled: { failed: 11 } });
  const file = join(folder, 'sweep.journal');
  writeFileSync(file, optunaJournal(report, at));
  const studies = read<Study[]>('optuna', file);
  expect(studies.map(({ name, direction }) => [name, direction])).toEqual(
    report.methods.map(({ name }) => [name, 'MAXIMIZE']),
  );
  for (const [i, { trials, chosen, final }] of report.methods.entries()) {
    const study = studies[i] as Study;
    expect(study.best).toBe(chosen);
    expect(study.attributes.chosen).toBe(chosen);
    expect(study.attributes.final.map(({ seed }) => seed)).toEqual(final.map(({ seed }) => seed));
    for (const { number, setting, value, runs } of trials) {
      const read = study.trials[number];
      expect(read).toMatchObject({ number, params: setting, value });
      expect(read?.state).toBe(value === null ? 'FAIL' : 'COMPLETE');
      if (value === null) continue;
      expect(read?.intermediate['9']).toBeCloseTo(mean(runs.map((run) => run.final)), 9);
      expect(read?.seconds).toBeCloseTo(runs.length * mean(runs.map(({ seconds }) => seconds)), 2);
    }
  }
});

interface Sessions {
  readonly columns: {
    readonly hparamInfos: readonly { readonly name: string; readonly type: string }[];
    readonly metricInfos: readonly { readonly name: { readonly tag: string } }[];
  };
  readonly groups: readonly {
    readonly name: string;
    readonly hparams: Readonly<Record<string, unknown>>;
    readonly metricValues: readonly { readonly name: { readonly tag: string }; readonly value: number }[];
    readonly sessions: readonly { readonly name: string; readonly status: string }[];
  }[];
}

const noTensorBoard = without('tensorboard');
test.skipIf(noTensorBoard !== '')(`TensorBoard's HParams shows a sweep${noTensorBoard}`, () => {
  const folder = temporaryFolder();
  const report = madeUpSweep({ trials: 6, troubled: { failed: 11 } });
  for (const { path, bytes } of hparamsFiles(report, at)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  const { columns, groups } = read<Sessions>('tensorboard', folder);
  expect(columns.hparamInfos.map(({ name }) => name).sort()).toEqual(
    ['strategy', 'phase', ...Object.keys(report.spec.settings)].sort(),
  );
  expect(columns.metricInfos.map(({ name }) => name.tag)).toContain('sweep/final');
  const expected = report.methods.flatMap(({ name, condition, trials, chosen, final }) => [
    ...trials.map(({ number, setting, runs }) => ({
      name: `${name} ${number}`,
      hparams: { ...condition, ...setting, phase: 'search' },
      runs,
    })),
    {
      name: `${name} final`,
      hparams: { ...condition, ...trials[chosen ?? -1]?.setting, phase: 'final' },
      runs: final,
    },
  ]);
  expect(groups.map(({ name }) => name).sort()).toEqual(expected.map(({ name }) => name).sort());
  for (const { name, hparams, runs } of expected) {
    const group = groups.find((each) => each.name === name);
    expect(group?.hparams).toEqual(hparams);
    const status = (run: RunSummary): string =>
      run.status === 'completed' ? 'STATUS_SUCCESS' : 'STATUS_FAILURE';
    expect(group?.sessions.map((session) => [session.name, session.status]).sort()).toEqual(
      runs.map((run) => [run.name, status(run)]).sort(),
    );
    if (runs.some((run) => run.final === null)) continue;
    const final = group?.metricValues.find((metric) => metric.name.tag === 'sweep/final');
    expect(final?.value).toBeCloseTo(mean(runs.map((run) => run.final)), 4);
  }
});

interface MlflowRun {
  readonly info: { readonly run_name: string; readonly status: string };
  readonly data: Readonly<
    Record<
      'params' | 'metrics' | 'tags',
      readonly { readonly key: string; readonly value: string | number }[]
    >
  >;
}

/** A tracking server with a database of its own, until it answers. */
async function mlflowServer(
  folder: string,
  port: number,
): Promise<AsyncDisposable & { readonly url: string }> {
  const url = `http://127.0.0.1:${port}`;
  const store = `sqlite:///${join(folder, 'mlflow.db')}`;
  const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port)];
  const server = spawn(python, [...args, '--backend-store-uri', store], {
    cwd: folder,
    stdio: 'ignore',
    detached: true,
  });
  const stop = async (): Promise<void> => {
    const ended = once(server, 'exit');
    process.kill(-(server.pid ?? 0), 'SIGTERM');
    await ended;
  };
  for (;;) {
    const isUp = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { url, [Symbol.asyncDispose]: stop };
    if (server.exitCode !== null) throw new Error(`mlflow server ended with ${server.exitCode}`);
    await setTimeout(500);
  }
}

const noMlflow = without('mlflow');
test.skipIf(noMlflow !== '')(
  `an MLflow server takes a sweep, and the same again as nothing new${noMlflow}`,
  async () => {
    const folder = temporaryFolder();
    await using server = await mlflowServer(folder, 5917);
    const report = madeUpSweep({ methods: ['er', 'ewc'], trials: 4, troubled: { failed: 7 } });
    const place = { url: server.url, experiment: 'a sweep' };
    const runs = report.methods.flatMap(({ trials, final }) => [
      ...trials.flatMap((trial) => trial.runs),
      ...final,
    ]);
    expect(await sendToMlflow(report, place, at)).toEqual({ sent: runs.length, already: 0 });
    expect(await sendToMlflow(report, place, at)).toEqual({ sent: 0, already: runs.length });
    const api = `${server.url}/api/2.0/mlflow`;
    const found = await fetch(`${api}/experiments/get-by-name?experiment_name=a%20sweep`);
    const { experiment } = (await found.json()) as { experiment: { experiment_id: string } };
    const searched = await fetch(`${api}/runs/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ experiment_ids: [experiment.experiment_id], max_results: 1000 }),
    });
    const sent = ((await searched.json()) as { runs: MlflowRun[] }).runs;
    expect(sent.map(({ info }) => info.run_name).sort()).toEqual(runs.map(({ name }) => name).sort());
    for (const run of runs) {
      const { info, data } = sent.find((each) => each.info.run_name === run.name) as MlflowRun;
      expect(info.status).toBe(run.status === 'completed' ? 'FINISHED' : 'FAILED');
      expect(data.params).toContainEqual({ key: 'seed', value: String(run.seed) });
      const last = data.metrics.find(({ key }) => key === 'accuracy_mean');
      expect(last?.value).toBeCloseTo(run.taskMeans.at(-1) ?? Number.NaN, 9);
    }
  },
);

import { ClTorchError } from '../../base/errors.js';
import { property } from '../../base/values.js';
import type { RunStatus, RunSummary, SweepReport } from '../../sweep/plan/types.js';
import { plain } from './domain.js';
import { MlflowServer, type Refusal } from './mlflow-server.js';

export interface MlflowPlace {
  /** Of a tracking server, such as `http://localhost:5000`; {@link MlflowServer} says how it knows who sends. */
  readonly url: string;
  /** The experiment's name; it is made where there is none. */
  readonly experiment: string;
  readonly signal?: AbortSignal | undefined;
}

/** How many runs were sent, and how many were there already as they are. */
export interface MlflowOutcome {
  readonly sent: number;
  readonly already: number;
}

/** MLflow takes 1000 metrics, parameters and tags in one request, and of the latter two 100 each. */
const MOST_METRICS = 800;
const PAGE = 1000;

const STATUS: Readonly<Partial<Record<RunStatus, string>>> = {
  completed: 'FINISHED',
  diverged: 'FAILED',
  failed: 'FAILED',
};

/** A run and what it is found by. */
interface Entry {
  readonly run: RunSummary;
  readonly status: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A run that the experiment has. */
interface Known {
  readonly id: string;
  readonly status: unknown;
  readonly tasks: string | undefined;
}

/**
 * Sends the runs of a sweep that are over to an MLflow tracking server, by its REST API 2.0: each with its options as parameters, its
 * numbers as metrics (`accuracy_mean` over the tasks) and what it belongs to as tags. What the experiment has already is
 * left as it is, and a run that has come further since is brought up to date, so that it can be sent as often as one likes.
 *
 * @param at - When it is sent, which is what the runs' ends are, since a sweep keeps no times.
 * @throws {ClTorchError} OUTPUT_FAILED when the server cannot be reached or refuses; INVALID_ARGUMENT when the URL is none.
 * @throws The signal's reason.
 */
export async function sendToMlflow(
  report: SweepReport,
  { url, experiment, signal }: MlflowPlace,
  at: Date,
): Promise<MlflowOutcome> {
  await using server = new MlflowServer(url, signal);
  const id = await experimentOf(server, experiment);
  const known = await knownRuns(server, id);
  let sent = 0;
  const entries = entriesOf(report);
  for (const entry of entries) {
    const before = known.get(entry.run.name);
    if (before?.status === entry.status && before.tasks === String(entry.run.tasks)) continue;
    await send(server, before?.id ?? (await create(server, id, entry, at)), entry, at);
    sent += 1;
  }
  return { sent, already: entries.length - sent };
}

async function experimentOf(server: MlflowServer, name: string): Promise<string> {
  const isMissing = ({ code }: Refusal): boolean => code === 'RESOURCE_DOES_NOT_EXIST';
  const query = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
  const found = property(await server.call(query, undefined, isMissing), 'experiment');
  if (property(found, 'lifecycle_stage') === 'deleted') {
    throw new ClTorchError(
      'OUTPUT_FAILED',
      `Cannot send the sweep to MLflow: its experiment '${name}' was deleted there. Restore it (mlflow experiments restore), or name another one.`,
    );
  }
  const made = found ?? (await server.call('experiments/create', { name }));
  return String(property(made, 'experiment_id'));
}

/** By the names that the sweep has for them. */
async function knownRuns(server: MlflowServer, experiment: string): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  let page: unknown;
  do {
    const asked = { experiment_ids: [experiment], max_results: PAGE };
    const answer = await server.call(
      'runs/search',
      typeof page === 'string' ? { ...asked, page_token: page } : asked,
    );
    for (const run of listed(property(answer, 'runs'))) {
      const info = property(run, 'info');
      const tags = new Map(
        listed(property(property(run, 'data'), 'tags')).map((tag) => [
          property(tag, 'key'),
          String(property(tag, 'value')),
        ]),
      );
      const name = tags.get('cl-torch.run');
      const id = String(property(info, 'run_id'));
      if (name !== undefined) {
        known.set(name, { id, status: property(info, 'status'), tasks: tags.get('cl-torch.tasks') });
      }
    }
    page = property(answer, 'next_page_token');
  } while (typeof page === 'string' && page !== '');
  return known;
}

function entriesOf({ spec, methods }: SweepReport): Entry[] {
  return methods.flatMap(({ name, condition, trials, chosen, final }) => {
    const all = [
      ...trials.map(({ number, setting, runs }) => ({ phase: 'search', number, setting, runs })),
      {
        phase: 'final',
        number: chosen,
        setting: trials.find(({ number }) => number === chosen)?.setting,
        runs: final,
      },
    ];
    return all.flatMap(({ phase, number, setting, runs }) =>
      runs.flatMap((run): Entry[] => {
        const status = STATUS[run.status];
        if (status === undefined) return [];
        const tags = {
          'cl-torch.run': run.name,
          'cl-torch.method': name,
          'cl-torch.trial': String(number),
          'cl-torch.phase': phase,
          'cl-torch.chosen': String(number === chosen),
          ...(run.error === null ? {} : { 'cl-torch.error': run.error }),
        };
        const params = { ...spec.options, ...condition, ...setting, seed: run.seed };
        return [{ run, status, params, tags }];
      }),
    );
  });
}

async function create(server: MlflowServer, experiment: string, entry: Entry, at: Date): Promise<string> {
  const answer = await server.call('runs/create', {
    experiment_id: experiment,
    run_name: entry.run.name,
    start_time: startOf(entry, at),
    tags: pairs(entry.tags),
  });
  return String(property(property(property(answer, 'run'), 'info'), 'run_id'));
}

/** The tag of how far it has come is set last: a run that was not sent whole is sent again. */
async function send(server: MlflowServer, id: string, entry: Entry, at: Date): Promise<void> {
  const metrics = metricsOf(entry, at);
  const params = Object.entries(entry.params).map(([key, value]) => [key, String(plain(value))] as const);
  await server.call('runs/log-batch', {
    run_id: id,
    params: pairs(Object.fromEntries(params)),
    metrics: metrics.slice(0, MOST_METRICS),
    tags: pairs(entry.tags),
  });
  for (let start = MOST_METRICS; start < metrics.length; start += MOST_METRICS) {
    await server.call('runs/log-batch', { run_id: id, metrics: metrics.slice(start, start + MOST_METRICS) });
  }
  await server.call('runs/update', { run_id: id, status: entry.status, end_time: at.getTime() });
  const tasks = { 'cl-torch.tasks': String(entry.run.tasks) };
  await server.call('runs/log-batch', { run_id: id, tags: pairs(tasks) });
}

function metricsOf(entry: Entry, at: Date): object[] {
  const { taskMeans, final, average, forgetting, seconds, peakMemoryBytes } = entry.run;
  const single = { final, average, forgetting, seconds, peak_memory_bytes: peakMemoryBytes };
  const all: [key: string, value: number | null, step: number][] = [
    ...taskMeans.map((value, step): [string, number, number] => ['accuracy_mean', value, step]),
    ...Object.entries(single).map(([key, value]): [string, number | null, number] => [key, value, 0]),
  ];
  return all.flatMap(([key, value, step]) =>
    value === null ? [] : [{ key, value, step, timestamp: at.getTime() }],
  );
}

function startOf({ run }: Entry, at: Date): number {
  return Math.round(at.getTime() - 1000 * (run.seconds ?? 0));
}

function pairs(values: Readonly<Record<string, string>>): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

import type { MethodSummary, RunStatus, RunSummary, SweepReport } from '../../sweep/plan/types.js';
import { pluginEvent, scalarEvent, versionEvent } from '../tensorboard/event.js';
import { frame } from '../tensorboard/record.js';
import { bytes, double, integer, text, truth } from '../tensorboard/wire.js';
import { plain } from './domain.js';

/** A file of an export. */
export interface ExportedFile {
  /** Relative, with `/` between folders. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The same at every export, so that a later one takes the place of an earlier one. */
const FILE = 'events.out.tfevents.0.sweep';

const PLUGIN = 'hparams';

/** What HParams shows of each run: its last point. */
const METRICS: readonly (readonly [tag: string, label: string, value: (run: RunSummary) => number | null])[] =
  [
    ['sweep/final', 'final accuracy (%)', (run) => run.final],
    ['sweep/average', 'average accuracy (%)', (run) => run.average],
    ['sweep/forgetting', 'forgetting (points)', (run) => run.forgetting],
    ['sweep/seconds', 'seconds', (run) => run.seconds],
    ['sweep/peak_memory_gib', 'peak memory (GiB)', (run) => gibibytes(run.peakMemoryBytes)],
  ];

// api.proto of TensorBoard's hparams plugin.
const STATUS: Readonly<Record<RunStatus, number>> = {
  missing: 0,
  stopped: 0,
  completed: 1,
  diverged: 2,
  failed: 2,
  running: 3,
};
const TYPES = { string: 1, boolean: 2, number: 3 } as const;
type Kind = keyof typeof TYPES;

/** A run with what it shall be found by. */
interface Session {
  readonly run: RunSummary;
  /** Runs that differ by their seeds alone; HParams shows their mean. */
  readonly group: string;
  readonly hparams: Readonly<Record<string, unknown>>;
}

/**
 * A sweep for TensorBoard's HParams view: a folder for each run that has begun, with its options, what became of it and its numbers,
 * and a file that names the columns. Runs of one setting are a group over the seeds; `phase` tells the search from the final runs.
 *
 * @param at - When it is exported, which is what the points' times are.
 */
export function hparamsFiles(report: SweepReport, at: Date): ExportedFile[] {
  const seconds = at.getTime() / 1000;
  const sessions = report.methods.flatMap(sessionsOf);
  const kinds = kindsOf(sessions);
  const columns = file(FILE, seconds, [
    pluginEvent(seconds, '_hparams_/experiment', PLUGIN, bytes(2, experimentOf(kinds, seconds))),
  ]);
  return [
    columns,
    ...sessions.map((session) =>
      file(`${session.run.name}/${FILE}`, seconds, sessionEvents(session, kinds, seconds)),
    ),
  ];
}

function sessionsOf({ name, condition, trials, chosen, final }: MethodSummary): Session[] {
  const ofSearch = trials.flatMap(({ number, setting, runs }) =>
    runs.map((run) => ({
      run,
      group: `${name} ${number}`,
      hparams: { ...condition, ...setting, phase: 'search' },
    })),
  );
  const best = trials.find(({ number }) => number === chosen);
  const ofChoice = final.map((run) => ({
    run,
    group: `${name} final`,
    hparams: { ...condition, ...best?.setting, phase: 'final' },
  }));
  return [...ofSearch, ...ofChoice].filter(({ run }) => run.status !== 'missing');
}

/** Of each option the one kind of value that it has, or text. */
function kindsOf(sessions: readonly Session[]): ReadonlyMap<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const { hparams } of sessions) {
    for (const [name, value] of Object.entries(hparams)) {
      const kind = typeof value;
      const isKnown = kind === 'number' || kind === 'boolean';
      const before = kinds.get(name) ?? kind;
      kinds.set(name, isKnown && before === kind ? kind : 'string');
    }
  }
  return kinds;
}

/** Experiment: time_created_secs = 3, hparam_infos = 4 (name = 1, type = 4), metric_infos = 5 (name = 1, display_name = 3). */
function experimentOf(kinds: ReadonlyMap<string, Kind>, seconds: number): Uint8Array {
  const columns = [...kinds].map(([name, kind]) =>
    bytes(4, Buffer.concat([text(1, name), integer(4, TYPES[kind])])),
  );
  const metrics = METRICS.map(([tag, label]) =>
    bytes(5, Buffer.concat([bytes(1, text(2, tag)), text(3, label)])),
  );
  return Buffer.concat([double(3, seconds), ...columns, ...metrics]);
}

function sessionEvents(
  { run, group, hparams }: Session,
  kinds: ReadonlyMap<string, Kind>,
  seconds: number,
): Uint8Array[] {
  const begun = seconds - (run.seconds ?? 0);
  const start = sessionStart(hparams, kinds, group, begun);
  const end = Buffer.concat([integer(1, STATUS[run.status]), double(2, seconds)]);
  const means = run.taskMeans.map((value, step) => ({ tag: 'accuracy/mean', value, step }));
  const metrics = METRICS.flatMap(([tag, , valueOfRun]) => {
    const value = valueOfRun(run);
    return value === null ? [] : [{ tag, value, step: 0 }];
  });
  return [
    pluginEvent(begun, '_hparams_/session_start_info', PLUGIN, bytes(3, start)),
    ...[...means, ...metrics].map((scalar) => scalarEvent(seconds, scalar)),
    pluginEvent(seconds, '_hparams_/session_end_info', PLUGIN, bytes(4, end)),
  ];
}

/**
 * SessionStartInfo: hparams = 1, a map (key = 1, value = 2) in the order of its keys, as protocol buffers' deterministic encoders
 * have it; group_name = 4, start_time_secs = 5.
 */
function sessionStart(
  hparams: Readonly<Record<string, unknown>>,
  kinds: ReadonlyMap<string, Kind>,
  group: string,
  seconds: number,
): Uint8Array {
  const names = Object.keys(hparams).sort();
  const entries = names.map((name) =>
    bytes(1, Buffer.concat([text(1, name), bytes(2, protobufValue(hparams[name], kinds.get(name)))])),
  );
  return Buffer.concat([...entries, text(4, group), double(5, seconds)]);
}

/** google.protobuf.Value: number_value = 2, string_value = 3, bool_value = 4. */
function protobufValue(value: unknown, kind: Kind | undefined): Uint8Array {
  if (kind === 'number') return double(2, Number(value));
  return kind === 'boolean' ? truth(4, value === true) : text(3, String(plain(value)));
}

function file(path: string, seconds: number, events: readonly Uint8Array[]): ExportedFile {
  return { path, bytes: Buffer.concat([versionEvent(seconds), ...events].map(frame)) };
}

function gibibytes(count: number | null): number | null {
  return count === null ? null : count / 2 ** 30;
}

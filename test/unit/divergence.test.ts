import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DirectionOutcome, EquilibriumOutcome } from '../../binding.js';
import { resumeExperiment } from '../../lib/index.js';
import { comparisonCsv } from '../../lib/report/csv.js';
import { comparisonPage } from '../../lib/report/html/comparison-page.js';
import { runPage } from '../../lib/report/html/run-page.js';
import { comparisonMarkdown, comparisonText, groupByMethod } from '../../lib/report/text/comparison.js';
import { averageLine, divergenceLine } from '../../lib/report/text/lines.js';
import { seedsTable } from '../../lib/report/text/seeds.js';
import { summary } from '../../lib/report/text/summary.js';
import { readResult } from '../../lib/runs/read-result.js';
import { resultSchema } from '../../lib/runs/result-schema.js';
import type { Divergence, RunResult } from '../../lib/runs/types.js';
import { eventLine } from '../../lib/sinks/event-log.js';
import type { OnNan } from '../../lib/training/divergence.js';
import { DivergenceWatch } from '../../lib/training/divergence-watch.js';
import type { TrainingEvent } from '../../lib/training/events.js';
import type { Strategy } from '../../lib/training/strategy.js';
import { madeUpRun } from '../support/made-up-run.js';
import { learnByLfd } from '../support/task-training.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-diverged-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place: Divergence = { task: 1, phase: 'training', epoch: 0, step: 12 };

/** A run that diverged in its second task. */
function divergedRun(seed = 7): RunResult {
  const run = madeUpRun({ strategy: 'baseline', tasks: 3, seed }, { done: 1 });
  const losses = [...run.losses, [Number.POSITIVE_INFINITY]];
  return { ...run, status: 'diverged', diverged: place, losses, average: null, metrics: null };
}

describe('a task that diverges', () => {
  function watch(
    onNan: OnNan,
    strategy: Pick<Strategy, 'whenDiverging'> = {},
  ): { events: TrainingEvent[]; found: () => void } {
    const events: TrainingEvent[] = [];
    const made = new DivergenceWatch({ task: 1, strategy, onNan, emit: (event) => events.push(event) });
    const found = (): void => {
      made.note({ phase: 'training', epoch: 0, step: 12 });
      made.settle();
    };
    return { events, found };
  }

  test('is told of and ended', () => {
    const { events, found } = watch('stop');
    expect(found).toThrow(
      expect.objectContaining({
        code: 'DIVERGED',
        message: expect.stringMatching(/task 1, epoch 1, step 12 .*NaN or infinite.*smaller learning rate/),
      }),
    );
    expect(events).toEqual([{ type: 'diverged', ...place }]);
  });

  test('is told of once where it goes on', () => {
    const { events, found } = watch('continue');
    found();
    found();
    expect(events).toHaveLength(1);
  });

  test('says what the strategy says of it, too', () => {
    const { events, found } = watch('stop', { whenDiverging: 'a smaller tail' });
    expect(found).toThrow(/smaller learning rate .*, and a smaller tail; onNan "continue"/);
    expect(events).toEqual([{ type: 'diverged', ...place, whenDiverging: 'a smaller tail' }]);
    expect(divergenceLine({ ...place, whenDiverging: 'a smaller tail' })).toContain(', and a smaller tail;');
  });

  const NAN = Number.NaN;
  test.each<[string, Partial<DirectionOutcome>, Partial<EquilibriumOutcome>, string | undefined]>([
    ['sound searches', {}, {}, undefined],
    ['no memory', { objectiveLast: null, path: Float64Array.of() }, {}, undefined],
    ['g is NaN', { objectiveLast: NAN }, {}, 'direction'],
    ['g was infinite', { path: Float64Array.of(1, Number.POSITIVE_INFINITY) }, {}, 'direction'],
    ['lambda is NaN', {}, { path: Float64Array.of(0.5, NAN) }, 'equilibrium-point'],
    ['its loss is NaN', {}, { loss: NAN }, 'equilibrium-point'],
    ['the loss at an end is infinite', {}, { lossNew: Number.POSITIVE_INFINITY }, undefined],
  ])('in a search: %s', async (_, direction, point, phase) => {
    const { events, report } = await learnByLfd(direction, point);
    expect(events.flatMap((event) => (event.type === 'diverged' ? [event.phase] : []))).toEqual(
      phase === undefined ? [] : [phase],
    );
    expect(report).toBeDefined();
    const stopped = await learnByLfd(direction, point, 'stop');
    expect(stopped.error === undefined).toBe(phase === undefined);
    if (phase === undefined) return;
    const label = phase === 'direction' ? 'direction' : 'equilibrium point';
    expect(stopped.error).toMatchObject({
      code: 'DIVERGED',
      message: expect.stringMatching(
        `^The training diverged: task 1, finding the ${label} gave NaN or infinity. Take .*smaller alpha and radius`,
      ),
    });
  });

  test('is a line of the event log', () => {
    const line = eventLine({ type: 'diverged', ...place }, new Date(0));
    expect(JSON.parse(line)).toMatchObject({ type: 'diverged', task: 1, epoch: 0, step: 12 });
  });
});

describe('a run that diverged', () => {
  test('has no average in its last lines, and says what happened', () => {
    const run = divergedRun();
    expect(averageLine(run)).toBe('Task AVG Acc: [97.0], AVG = –');
    const text = summary(run, 1000);
    expect(text).toMatch(/^The training diverged: task 1, epoch 1, step 12 .* ended after 1 of 3 tasks/);
    expect(text).not.toMatch(/NaN %|BWT|ACC|Average accuracy/);
    expect(divergenceLine(place)).toMatch(
      /^warning: The training diverged.*--learning-rate.*--on-nan continue/,
    );
  });

  test('has a page that says so, without cards of averages, whatever its last loss is', async () => {
    const page = await runPage(divergedRun());
    expect(page).toContain('The training diverged: task 1, epoch 1, step 12');
    expect(page).toContain('stopped because it diverged, after 1 of 3 tasks');
    expect(/Average accuracy<\/dt>|Infinity|NaN(?! or infinite)/.exec(page)).toBeNull();
  });

  test('is read back from its file, and so is one of before there was the field', async () => {
    await writeFile(join(folder, 'result.json'), JSON.stringify(divergedRun()));
    const back = await readResult(folder);
    expect(back).toMatchObject({ status: 'diverged', diverged: place, metrics: null, average: null });
    expect(back.losses.at(-1)).toEqual([Number.NaN]);
    const { diverged, ...old } = madeUpRun({ strategy: 'er' });
    expect(resultSchema.safeParse(old).success).toBe(true);
  });

  test('is not resumed: what to do instead is said', async () => {
    const out = join(folder, 'run');
    await mkdir(out);
    const run = divergedRun();
    await writeFile(join(out, 'config.json'), JSON.stringify(run.config));
    await writeFile(join(out, 'result.json'), JSON.stringify(run));
    await expect(resumeExperiment(out)).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringMatching(
        /would do so again.*result\.json.*--force.*--learning-rate.*--on-nan continue/,
      ),
    });
  });
});

describe('beside others', () => {
  const sound = [1, 2].map((seed) => madeUpRun({ strategy: 'baseline', tasks: 3, seed }));
  const er = [1, 7].map((seed) => madeUpRun({ strategy: 'er', tasks: 3, seed }));
  const runs = [...sound, divergedRun(), ...er];
  const methods = groupByMethod(runs);

  test('a run that diverged is in no mean, and every form of the table says so', () => {
    const without = groupByMethod([...sound, ...er]);
    const cells = (text: string): string[] => (text.split('\n')[2] ?? '').split('|').slice(3);
    expect(cells(comparisonMarkdown(methods))).toEqual(cells(comparisonMarkdown(without)));
    expect(comparisonMarkdown(methods)).toContain('| baseline | 2 + 1 diverged |');
    const [head, line] = comparisonCsv(methods).split('\r\n');
    expect(head).toMatch(/^method,seeds,diverged,/);
    expect(line).toMatch(/^baseline,2,1,/);
    expect(comparisonText(methods).replace(/\s+/g, ' ')).toContain(
      'In no mean, because they diverged: baseline, seed 7.',
    );
  });

  test('a method all of whose runs diverged has that word for its numbers, and is never the best', () => {
    const text = comparisonMarkdown(groupByMethod([divergedRun(1), divergedRun(2), ...er]));
    expect(text).toMatch(/\| baseline \| 0 \+ 2 diverged \| diverged \| diverged \|/);
    expect(text).not.toMatch(/\*\*diverged|NaN/);
  });

  test('the page names them', async () => {
    const page = await comparisonPage(runs);
    expect(page).toContain('in no mean and no picture: baseline, seed 7.');
    const none = await comparisonPage([divergedRun(1), divergedRun(2)]);
    expect(/NaN(?! or infinite)|Infinity/.exec(none)).toBeNull();
  });

  test('whether a run would stop makes no other method of it', () => {
    const [first] = sound;
    const other = { ...first, config: { ...first?.config, onNan: 'continue' } } as RunResult;
    expect(groupByMethod([first as RunResult, other])).toHaveLength(1);
  });

  test('several seeds: the table has a word for it and counts the others', () => {
    const table = seedsTable({
      schemaVersion: 1,
      strategy: 'baseline',
      seeds: [1, 7],
      diverged: [7],
      final: { mean: 95, deviation: null },
      average: { mean: 96, deviation: null },
      finalTasks: [],
      seconds: { mean: 10, deviation: null },
      runs: [sound[0] as RunResult, divergedRun()],
    });
    expect(table).toMatch(/seed 7 +diverged +– /);
    expect(table).toContain('1 of 2 runs diverged and is in no mean.');
    expect(table).not.toContain('NaN');
  });
});

import { describe, expect, test, vi } from 'vitest';
import { sendToMlflow } from '../../lib/sinks/exports/mlflow.js';
import type { SweepReport } from '../../lib/sweep/plan/types.js';
import { serve } from '../support/http-server.js';
import { madeUpSweep } from '../support/made-up-sweep.js';
import { FakeMlflow } from '../support/mlflow.js';

const at = new Date('2026-11-26T12:00:00Z');

const runsOf = ({ methods }: SweepReport) =>
  methods.flatMap(({ trials, final }) => [...trials.flatMap(({ runs }) => runs), ...final]);

describe('a sweep sent to MLflow', () => {
  test('has its runs with options, numbers and what they belong to', async () => {
    const mlflow = new FakeMlflow();
    await using server = await serve(mlflow.answer);
    const report = madeUpSweep({
      methods: ['er', 'ewc'],
      trials: 3,
      seeds: 2,
      troubled: { missing: 5, failed: 7 },
    });
    const over = runsOf(report).filter(({ status }) => status !== 'missing');
    const outcome = await sendToMlflow(report, { url: server.origin, experiment: 'my sweep' }, at);
    expect(outcome).toEqual({ sent: over.length, already: 0 });
    expect(mlflow.experiments).toEqual(['my sweep']);
    expect(mlflow.runs.map(({ name, status }) => [name, status])).toEqual(
      over.map(({ name, status }) => [name, status === 'completed' ? 'FINISHED' : 'FAILED']),
    );
    const trial = report.methods[1]?.trials[1];
    const [run] = trial?.runs ?? [];
    const sent = mlflow.runs.find(({ name }) => name === run?.name);
    expect(Object.fromEntries(sent?.params ?? [])).toEqual({
      benchmark: 'split',
      dataset: 'mnist',
      validation: '5000',
      strategy: 'ewc',
      seed: '0',
      ...Object.fromEntries(Object.entries(trial?.setting ?? {}).map(([key, value]) => [key, String(value)])),
    });
    expect(sent?.metrics.filter(({ key }) => key === 'accuracy_mean').map(({ value }) => value)).toEqual(
      run?.taskMeans,
    );
    expect(sent?.metrics).toContainEqual({ key: 'final', value: run?.final, step: 0 });
    expect(Object.fromEntries(sent?.tags ?? [])).toMatchObject({
      'cl-torch.method': 'ewc',
      'cl-torch.phase': 'search',
      'cl-torch.trial': '1',
    });
    const final = mlflow.runs.find(({ name }) => name === 'er-final-seed10');
    expect(final?.tags.get('cl-torch.phase')).toBe('final');
  });

  test('may be sent again: only what is new or has come further goes there', async () => {
    const mlflow = new FakeMlflow();
    await using server = await serve(mlflow.answer);
    const place = { url: server.origin, experiment: 'sweep' };
    const before = madeUpSweep({
      methods: ['er'],
      trials: 6,
      seeds: 1,
      finalSeeds: 0,
      troubled: { missing: 3 },
    });
    expect(await sendToMlflow(before, place, at)).toEqual({ sent: 4, already: 0 });
    expect(await sendToMlflow(before, place, at)).toEqual({ sent: 0, already: 4 });
    const [first, ...others] = before.methods[0]?.trials ?? [];
    const further = first?.runs.map((run) => ({
      ...run,
      tasks: run.tasks + 1,
      taskMeans: [...run.taskMeans, 50],
    }));
    const after = madeUpSweep({ methods: ['er'], trials: 6, seeds: 1, finalSeeds: 0 });
    const now: SweepReport = {
      ...after,
      methods: after.methods.map((method) => ({
        ...method,
        trials: method.trials.map((trial, i) =>
          i === 0
            ? { ...trial, setting: first?.setting ?? {}, runs: further ?? [] }
            : (others[i - 1] ?? trial),
        ),
      })),
    };
    expect(await sendToMlflow(now, place, at)).toEqual({ sent: 1, already: 3 });
    expect(mlflow.runs).toHaveLength(4);
    expect(mlflow.runs[0]?.tags.get('cl-torch.tasks')).toBe('10');
  });

  test('goes on where it was cut off', async () => {
    const mlflow = new FakeMlflow();
    await using server = await serve((request, response, number) => {
      if (number === 9) request.socket.destroy();
      else mlflow.answer(request, response);
    });
    const report = madeUpSweep({ methods: ['er'], trials: 4, seeds: 1, choice: 'none' });
    const place = { url: server.origin, experiment: 'sweep' };
    await expect(sendToMlflow(report, place, at)).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
    await sendToMlflow(report, place, at);
    expect(mlflow.runs.map(({ name, status }) => [name, status])).toEqual(
      runsOf(report).map(({ name }) => [name, 'FINISHED']),
    );
  });

  test('has more tasks than one request takes', async () => {
    const mlflow = new FakeMlflow();
    await using server = await serve(mlflow.answer);
    const report = madeUpSweep({ methods: ['er'], trials: 1, seeds: 1, choice: 'none' });
    const [method] = report.methods;
    const [trial] = method?.trials ?? [];
    const [run] = trial?.runs ?? [];
    if (method === undefined || trial === undefined || run === undefined) throw new Error('There is a run.');
    const taskMeans = Array.from({ length: 2100 }, (_, task) => task / 100);
    const long = {
      ...report,
      methods: [{ ...method, trials: [{ ...trial, runs: [{ ...run, taskMeans }] }] }],
    };
    await sendToMlflow(long, { url: server.origin, experiment: 'long' }, at);
    const means = mlflow.runs[0]?.metrics.filter(({ key }) => key === 'accuracy_mean') ?? [];
    expect(means.map(({ value }) => value)).toEqual(taskMeans);
  });
});

describe('MLflow that cannot be had', () => {
  const report = madeUpSweep({ methods: ['er'], trials: 1, seeds: 1, choice: 'none' });
  const send = (url: string) => sendToMlflow(report, { url, experiment: 'sweep' }, at);

  test.each(['localhost', 'file:///tmp/x', ''])('an address that is none: %j', async (url) => {
    await expect(send(url)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('http://localhost:5000'),
    });
  });

  test('no server there', async () => {
    const server = await serve(() => undefined);
    await server[Symbol.asyncDispose]();
    await expect(send(server.origin)).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringMatching(/ECONNREFUSED.*Start the server, or check the address/),
    });
  });

  test.each([
    [401, '', 'MLFLOW_TRACKING_USERNAME'],
    [404, '<html>', 'address is that of an MLflow tracking server'],
    [200, '<html>', 'address is that of an MLflow tracking server'],
    [500, '{"error_code":"INTERNAL_ERROR","message":"disk full."}', "disk full. See the server's log"],
  ])('a server that answers %i %s', async (status, text, told) => {
    await using server = await serve((_, response) => response.writeHead(status).end(text));
    await expect(send(server.origin)).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringContaining(told),
    });
  });

  test('an experiment that was deleted', async () => {
    const experiment = { experiment_id: '1', lifecycle_stage: 'deleted' };
    await using server = await serve((_, response) => response.end(JSON.stringify({ experiment })));
    await expect(send(server.origin)).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringContaining('was deleted'),
    });
  });

  test('a user and a password in the address are sent, and told nobody', async () => {
    await using server = await serve((_, response) => response.writeHead(403).end());
    const error: unknown = await send(server.origin.replace('//', '//me:s%40fe@')).catch((thrown) => thrown);
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('me:s@fe')}`);
    expect(String(error)).not.toContain('fe@');
  });

  test('who sends is said as to MLflow’s own clients', async () => {
    await using server = await serve((_, response) => response.writeHead(403).end());
    vi.stubEnv('MLFLOW_TRACKING_USERNAME', 'me');
    vi.stubEnv('MLFLOW_TRACKING_PASSWORD', 'safe');
    await send(server.origin).catch(() => undefined);
    vi.stubEnv('MLFLOW_TRACKING_TOKEN', 'token');
    await send(server.origin).catch(() => undefined);
    vi.unstubAllEnvs();
    await send(server.origin).catch(() => undefined);
    const said = server.requests.map(({ headers }) => headers.authorization);
    expect(said).toEqual([`Basic ${btoa('me:safe')}`, 'Bearer token', undefined]);
  });

  test('an abort ends it', async () => {
    await using server = await serve(() => undefined);
    const controller = new AbortController();
    const sent = sendToMlflow(report, { url: server.origin, experiment: 'x', signal: controller.signal }, at);
    controller.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
  });
});

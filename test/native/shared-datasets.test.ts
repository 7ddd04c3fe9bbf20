import { describe, expect, test } from 'vitest';
import type { DatasetOptions } from '../../binding.js';
import { Session } from '../../lib/session/session.js';
import { shareDataset } from '../../lib/session/shared-dataset.js';
import { engine } from '../support/engine.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, syntheticRows } from '../support/synthetic.js';

const features = 12;
const rows = syntheticRows(100, features, 3);

async function open(): Promise<Session> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  await session.createModel({ network: mlpOf([features, 8, 3]), seed: 4, engine });
  await session.createOptimizer(articleAdamW);
  return session;
}

type Loaded = Parameters<Session['loadDataset']>[0];

async function losses(session: Session, data: Loaded, more?: DatasetOptions): Promise<number[]> {
  const dataset = await session.loadDataset(data);
  const view = await session.addView({ dataset, columns: identity(features) });
  if (more) await session.appendDataset({ ...more, dataset });
  const epochs = [await session.trainEpoch({ views: [view], batchSize: 16 })];
  epochs.push(await session.trainEpoch({ views: [view], batchSize: 16 }));
  return epochs.flatMap((epoch) => [...epoch.losses]);
}

describe('examples that sessions share', () => {
  test('train at the same time like examples of one’s own, bit for bit', async () => {
    using alone = await open();
    const expected = await losses(alone, rows);
    using shared = await shareDataset(rows);
    using one = await open();
    using other = await open();
    expect(await Promise.all([one, other].map((session) => losses(session, { shared })))).toEqual([
      expected,
      expected,
    ]);
  });

  test('stay what they are when a session adds rows to its data set', async () => {
    const more = { ...syntheticRows(40, features, 3), labels: new Uint8Array(40).fill(2) };
    using alone = await open();
    const expected = await losses(alone, rows);
    using longer = await open();
    const expectedLonger = await losses(longer, rows, more);
    using shared = await shareDataset(rows);
    using one = await open();
    expect(await losses(one, { shared }, more)).toEqual(expectedLonger);
    using other = await open();
    expect(await losses(other, { shared })).toEqual(expected);
  });

  test('are what the arrays held when they were given', async () => {
    using alone = await open();
    const expected = await losses(alone, rows);
    const images = rows.images.slice();
    using shared = await shareDataset({ ...rows, images });
    images.fill(7);
    using session = await open();
    expect(await losses(session, { shared })).toEqual(expected);
  });

  test('are held by the sessions that have them, and refused to later ones, after dispose()', async () => {
    using alone = await open();
    const expected = await losses(alone, rows);
    const shared = await shareDataset(rows);
    using session = await open();
    const begun = losses(session, { shared });
    shared.dispose();
    shared.dispose();
    expect(await begun).toEqual(expected);
    await expect(session.loadDataset({ shared })).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  test('are in memory once', async () => {
    const large = {
      images: new Uint8Array(60_000_000).fill(1),
      labels: new Uint8Array(600),
      features: 100_000,
    };
    const sessions = await Promise.all(
      Array.from({ length: 4 }, () => Session.open({ device: 'cpu', threads: 1 })),
    );
    const before = process.memoryUsage.rss();
    using shared = await shareDataset(large);
    for (const session of sessions) await session.loadDataset({ shared });
    expect(process.memoryUsage.rss() - before).toBeLessThan(120_000_000);
    for (const session of sessions) await session.loadDataset(large);
    expect(process.memoryUsage.rss() - before).toBeGreaterThan(200_000_000);
    for (const session of sessions) session.dispose();
  });

  test.each([
    ['labels', { ...rows, labels: Int32Array.from(rows.labels, () => -1) }],
    ['rows', { ...rows, images: rows.images.subarray(1) }],
  ])('are checked when they are given: %s', async (_, data) => {
    await expect(shareDataset(data)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

import { describe, expect, it } from 'vitest';
import { gridOf, gridSize } from '../../../lib/search/grid.js';
import type { Space } from '../../../lib/search/space.js';

const space: Space = {
  strategy: { kind: 'choice', values: ['er', 'ewc'] },
  memory: { kind: 'interval', scale: 'linear', low: 100, high: 300, points: [100, 200, 300] },
  layers: { kind: 'choice', values: [[100], [100, 100]] },
};

describe('a grid', () => {
  it('has every setting once, the last name fastest', () => {
    expect(gridOf(space)).toEqual([
      { strategy: 'er', memory: 100, layers: [100] },
      { strategy: 'er', memory: 100, layers: [100, 100] },
      { strategy: 'er', memory: 200, layers: [100] },
      { strategy: 'er', memory: 200, layers: [100, 100] },
      { strategy: 'er', memory: 300, layers: [100] },
      { strategy: 'er', memory: 300, layers: [100, 100] },
      { strategy: 'ewc', memory: 100, layers: [100] },
      { strategy: 'ewc', memory: 100, layers: [100, 100] },
      { strategy: 'ewc', memory: 200, layers: [100] },
      { strategy: 'ewc', memory: 200, layers: [100, 100] },
      { strategy: 'ewc', memory: 300, layers: [100] },
      { strategy: 'ewc', memory: 300, layers: [100, 100] },
    ]);
    expect(gridSize(space)).toBe(12);
  });

  it('has the names in the order of the space', () => {
    expect(Object.keys(gridOf(space)[5] ?? {})).toEqual(['strategy', 'memory', 'layers']);
  });

  it('of an empty space is one empty setting', () => {
    expect(gridOf({})).toEqual([{}]);
    expect(gridSize({})).toBe(1);
  });

  it('takes one number for an interval whose bounds are equal', () => {
    expect(gridOf({ rate: { kind: 'interval', scale: 'log', low: 0.1, high: 0.1 } })).toEqual([
      { rate: 0.1 },
    ]);
  });

  it.each([gridOf, gridSize])('refuses an interval without points: %o', (ofSpace) => {
    const endless: Space = { ...space, learningRate: { kind: 'interval', scale: 'log', low: 1e-4, high: 1 } };
    expect(() => ofSpace(endless)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/^learningRate: .*range\(a,b,step\).*log\(a,b,n\)/),
      }),
    );
  });
});

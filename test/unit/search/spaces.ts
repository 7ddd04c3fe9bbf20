import type { Setting, Space } from '../../../lib/search/space.js';

/** A function of a setting that is to be made small, as test/reference/make_search.py has it. */
export interface TestFunction {
  readonly space: Space;
  readonly value: (setting: Setting) => number;
}

const ALPHA = [1, 1.2, 3, 3.2];
const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];
const OPTIMIZERS = {
  sgd: { best: -1, offset: 0.3 },
  momentum: { best: -2, offset: 0.1 },
  adam: { best: -3, offset: 0 },
  lion: { best: -4, offset: 0.2 },
};

const number = (setting: Setting, name: string): number => setting[name] as number;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, next) => total + next, 0);
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `x${index}`);

export const TEST_FUNCTIONS: Readonly<Record<'branin' | 'hartmann6' | 'sphere' | 'mixed', TestFunction>> = {
  branin: {
    space: {
      x: { kind: 'interval', scale: 'linear', low: -5, high: 10 },
      y: { kind: 'interval', scale: 'linear', low: 0, high: 15 },
    },
    value(setting) {
      const x = number(setting, 'x');
      const bend = number(setting, 'y') - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
      return bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
    },
  },
  hartmann6: {
    space: Object.fromEntries(
      names(6).map((name) => [name, { kind: 'interval', scale: 'linear', low: 0, high: 1 }]),
    ),
    value(setting) {
      const x = names(6).map((name) => number(setting, name));
      const terms = ALPHA.map((alpha, row) => {
        const distances = x.map(
          (xi, i) => (A[row]?.[i] as number) * (xi - (P[row]?.[i] as number) / 1e4) ** 2,
        );
        return alpha * Math.exp(-sum(distances));
      });
      return -sum(terms);
    },
  },
  sphere: {
    space: Object.fromEntries(
      names(4).map((name) => [name, { kind: 'interval', scale: 'log', low: 1e-6, high: 1 }]),
    ),
    value: (setting) => sum(names(4).map((name, i) => (Math.log10(number(setting, name)) + 1.5 + i) ** 2)),
  },
  mixed: {
    space: {
      rate: { kind: 'interval', scale: 'log', low: 1e-5, high: 1 },
      optimizer: { kind: 'choice', values: Object.keys(OPTIMIZERS) },
      width: {
        kind: 'interval',
        scale: 'linear',
        low: 16,
        high: 512,
        points: Array.from({ length: 32 }, (_, index) => 16 * (index + 1)),
      },
    },
    value(setting) {
      const { best, offset } = OPTIMIZERS[setting.optimizer as keyof typeof OPTIMIZERS];
      const rate = (Math.log10(number(setting, 'rate')) - best) ** 2;
      return rate + offset + ((number(setting, 'width') - 400) / 200) ** 2;
    },
  },
};

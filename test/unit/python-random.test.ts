import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PythonRandom } from '../../lib/random/python-random.js';
// Values drawn by CPython itself: see test/reference/make_python_random.py.
import fixture from '../fixtures/python-random.json' with { type: 'json' };

describe.each(fixture.draws)('PythonRandom($seed) draws what CPython draws', (expected) => {
  const { seed } = expected;

  it('first outputs', () => {
    const random = new PythonRandom(seed);
    expect(expected.bits32.map(() => random.getrandbits(32))).toEqual(expected.bits32);
  });

  it('1300 outputs, over two renewals of the state', () => {
    const random = new PythonRandom(seed);
    const outputs = Uint32Array.from({ length: 1300 }, () => random.getrandbits(32));
    expect(createHash('sha256').update(outputs).digest('hex')).toBe(expected.bits32Sha256);
  });

  it('bits of every width from 1 to 32', () => {
    const random = new PythonRandom(seed);
    expect(expected.bitsOfEachWidth.map((_, index) => random.getrandbits(index + 1))).toEqual(
      expected.bitsOfEachWidth,
    );
  });

  it('numbers below a bound', () => {
    const random = new PythonRandom(seed);
    expect(fixture.bounds.map((bound) => random.randbelow(bound))).toEqual(expected.below);
  });

  it('shuffles', () => {
    const items = Int32Array.from({ length: 10 }, (_, index) => index);
    new PythonRandom(seed).shuffle(items);
    expect([...items]).toEqual(expected.shuffleOf10);
  });
});

describe('PythonRandom refuses', () => {
  it.each([-1, 0.5, Number.NaN, 2 ** 53])('the seed %d', (seed) => {
    expect(() => new PythonRandom(seed)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(String(seed)) }),
    );
  });

  it.each([0, 33, 1.5])('getrandbits(%d)', (bits) => {
    expect(() => new PythonRandom(0).getrandbits(bits)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it.each([0, -3, 2 ** 32])('randbelow(%d)', (bound) => {
    expect(() => new PythonRandom(0).randbelow(bound)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

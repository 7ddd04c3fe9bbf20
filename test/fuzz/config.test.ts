import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { describeOptions, parseConfig } from '../../lib/config/parse.js';
import { strategyNames } from '../../lib/strategies/index.js';
import { Choices, corpus, FUZZ_INPUTS, FUZZ_PATIENCE_MS, FUZZ_SEED } from '../support/fuzz.js';

const options = describeOptions();
const keys = [...options.map(({ key }) => key), 'strategy', 'nonsense', '__proto__', 'constructor', ''];
const values = [
  ...[
    0,
    1,
    -1,
    0.5,
    1e-9,
    5,
    10,
    256,
    2024,
    1e6,
    1e21,
    2 ** 31,
    2 ** 53,
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
  ],
  ...[
    '',
    'auto',
    'on',
    'off',
    'cpu',
    'cuda',
    'cuda:0',
    'cuda:-1',
    'rsgd',
    'random',
    'all',
    'task',
    '\0',
    'x'.repeat(1e4),
  ],
  ...[
    null,
    undefined,
    true,
    false,
    [],
    {},
    [1],
    [0.5, 1],
    [-10, 10],
    [[1]],
    { a: 1 },
    new Date(0),
    () => 1,
    10n,
  ],
  ...[Symbol('s'), new Map(), new Uint8Array(3), Array(1000).fill(1), Object.create(null), new Proxy({}, {})],
];

function randomInput(choices: Choices): unknown {
  if (choices.below(100) === 0) return choices.of(values);
  const input: Record<string, unknown> = {
    strategy: choices.of<unknown>([...strategyNames, ...strategyNames, 'x', 7]),
  };
  for (let count = choices.below(6); count > 0; --count) {
    // Half of them a default under its own name: so that many inputs get far.
    const { key, defaultValue } = choices.of(options);
    const [name, value] = choices.below(2) ? [key, defaultValue] : [choices.of(keys), choices.of(values)];
    Object.defineProperty(input, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return input;
}

/** Accepted: then what comes out is accepted again and stays as it is. Refused: then as CONFIG_INVALID. */
function check(input: unknown): 'accepted' | 'refused' {
  let config: ReturnType<typeof parseConfig>;
  try {
    config = parseConfig(input);
  } catch (error) {
    if (error instanceof ClTorchError && error.code === 'CONFIG_INVALID') return 'refused';
    throw error;
  }
  if (!isDeepStrictEqual(parseConfig(config), config)) expect(parseConfig(config)).toEqual(config);
  return 'accepted';
}

test(`${FUZZ_INPUTS} configurations, seed ${FUZZ_SEED}`, { timeout: FUZZ_PATIENCE_MS }, () => {
  const choices = new Choices(FUZZ_SEED);
  const outcomes = { accepted: 0, refused: 0 };
  for (let input = 0; input < FUZZ_INPUTS; ++input) ++outcomes[check(randomInput(choices))];
  expect(Math.min(outcomes.accepted, outcomes.refused)).toBeGreaterThan(FUZZ_INPUTS / 10);
});

test.each(corpus('config'))('found before: $name', ({ bytes }) => {
  check(JSON.parse(bytes.toString()));
});

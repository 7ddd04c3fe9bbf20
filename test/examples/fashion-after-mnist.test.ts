import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { outcomeOf } from '../support/child.js';
import { FASHION_FOLDER } from '../support/idx.js';

/** Percent right on the digits after the clothes were learnt. */
async function digitsLeft(strategy: string): Promise<number> {
  const script = fileURLToPath(new URL('../../examples/fashion-after-mnist.mjs', import.meta.url));
  const { status, stdout, stderr } = await outcomeOf(spawn(process.execPath, [script, strategy, '3000']));
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toContain('20 classes are known');
  const digits = [...stdout.matchAll(/^ {2}mnist +([\d.]+) %$/gm)].map(([, percent]) => Number(percent));
  expect(digits).toHaveLength(2);
  expect(digits[0]).toBeGreaterThan(60);
  return digits[1] ?? Number.NaN;
}

// Debian's package dataset-fashion-mnist; the example itself also finds what `cl-torch data download` fetched.
test.skipIf(!existsSync(FASHION_FOLDER))(
  'clothes after digits: a network that only fine-tunes forgets the digits, one that rehearses does not',
  async () => {
    expect(await digitsLeft('baseline')).toBeLessThan(10);
    expect(await digitsLeft('er')).toBeGreaterThan(40);
  },
);

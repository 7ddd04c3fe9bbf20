import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { outcomeOf } from '../support/child.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the learner, files and events work in Jest, whose test files have a global object each', async () => {
  const args = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--config',
    'test/jest/jest.config.mjs',
  ];
  const { status, stderr } = await outcomeOf(spawn(process.execPath, args, { cwd: root }));
  expect(stderr.slice(-5000)).toMatch(/Tests: .*\b\d{3} passed/);
  expect(status).toBe(0);
}, 600_000);

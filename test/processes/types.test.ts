import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the types take what works and refuse what would be refused while the program runs', () => {
  const flags =
    '--noEmit --strict --module nodenext --target es2022 --lib es2023,esnext.disposable --types node';
  const { stdout, status } = spawnSync(
    'node_modules/.bin/tsc',
    ['--ignoreConfig', ...flags.split(' '), '--skipLibCheck', 'test/types/inputs.ts'],
    { cwd: root, encoding: 'utf8' },
  );
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

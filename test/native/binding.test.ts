import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/libtorch.js';

const script = fileURLToPath(new URL('../../scripts/check-binding.mjs', import.meta.url));
const declarations = readFileSync(new URL('../../binding.d.ts', import.meta.url), 'utf8');

const check = (file: string[] = []): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, [script, ...file]);

test('binding.d.ts names what the addon exports, and nothing else', async () => {
  expect((await check()).stdout).toMatch(/agree on \d+ names/);
});

test.each([
  ['a function too many', /$/, '\nexport function extra(): void;\n', 'not in the addon: function extra'],
  ['a function too few', /export function runtimeInfo.*/, '', 'not declared: function runtimeInfo'],
  [
    'a method too many',
    /( {2}cancel\(\): void;)/,
    '$1\n  extra(): void;',
    'not in the addon: Session.extra()',
  ],
  ['a method too few', / {2}cancel\(\): void;/, '', 'not declared: Session.cancel()'],
  [
    'a property too many',
    /( {2}cancel\(\): void;)/,
    '$1\n  readonly id: number;',
    'not in the addon: Session.id',
  ],
  ['nothing it can read', /[\s\S]*/, 'declare module "x" {}', 'no exported function or class was recognised'],
])('the check finds %s', async (_, pattern, replacement, finding) => {
  const file = join(temporaryFolder(), 'binding.d.ts');
  writeFileSync(file, declarations.replace(pattern, replacement));
  await expect(check([file])).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(finding) });
});

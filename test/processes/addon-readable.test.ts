import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { requireReadable } from '../../lib/setup/addon/readable.js';
import { fakeLibTorch, temporaryFolder } from '../support/libtorch.js';
import { isRoot, NOBODY, runAs } from '../support/user.js';

let addon: string;
let libDir: string;
beforeEach(() => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'build'));
  addon = join(folder, 'build', 'cl_torch.node');
  for (const file of [addon, addon.replace('.node', '.json')]) writeFileSync(file, '{}');
  libDir = join(fakeLibTorch(join(folder, 'cache', 'libtorch')), 'lib');
});

test('an addon that may be read, or is not there at all, is no reason to stop', () => {
  expect(() => requireReadable(addon, libDir)).not.toThrow();
  expect(() => requireReadable('/gone/cl_torch.node', '/gone/lib')).not.toThrow();
});

test('what another user closed is told as closed: who may not read what, and the remedy', async ({
  skip,
}) => {
  if (!isRoot) skip('only root can be two users');
  const closedBy = async (place: string): Promise<string> => {
    chmodSync(place, 0o700);
    const body = `try { requireReadable(${JSON.stringify(addon)}, ${JSON.stringify(libDir)}); }
      catch ({ code, message }) { console.log(code, message); }`;
    const { stdout } = await runAs(NOBODY, { requireReadable: 'setup/addon/readable.js' }, body);
    chmodSync(place, 0o755);
    return stdout;
  };
  const places = [
    addon.replace('.node', '.json'),
    join(addon, '..'),
    libDir,
    join(libDir, '../../..', 'cache'),
  ];
  for (const place of places) {
    const told = await closedBy(place);
    expect(told).toMatch(/^ADDON_LOAD_FAILED .* user \S+ \(65534\) may not read .* \(mode 700, of user 0\)/);
    expect(told).toContain(`chmod ${place.endsWith('.json') ? '-R a+rX' : 'a+x'} '${place}'`);
  }
});

test('the remedy for a home folder on the way lets users pass, and opens nothing else in it', async ({
  skip,
}) => {
  if (!isRoot) skip('only root can be two users');
  const home = join(libDir, '../../..', 'cache');
  const secret = join(home, 'id_ed25519');
  writeFileSync(secret, '', { mode: 0o600 });
  chmodSync(home, 0o700);
  const body = `try { requireReadable(${JSON.stringify(addon)}, ${JSON.stringify(libDir)}); console.log('fine'); }
    catch ({ message }) { console.log(message); }`;
  const tell = () => runAs(NOBODY, { requireReadable: 'setup/addon/readable.js' }, body);
  const [command = ''] = /chmod [^']*'[^']*'/.exec((await tell()).stdout) ?? [];
  execFileSync('sh', ['-c', command]);
  expect((await tell()).stdout).toContain('fine');
  expect(statSync(secret).mode & 0o777).toBe(0o600);
  expect(statSync(home).mode & 0o777).toBe(0o711);
});

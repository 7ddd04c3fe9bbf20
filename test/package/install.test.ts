import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sandbox } from '../cli/command.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A project that installed the packed tarball as anybody does. */
describe('the packed package in a project of its own', { timeout: 600_000 }, () => {
  let project: string;
  let installed: string;

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'cl-torch-install-'));
    installed = join(project, 'node_modules/cl-torch');
    npm(root, 'pack', '--ignore-scripts', '--pack-destination', project);
    const { version } = JSON.parse(npm(root, 'pkg', 'get', 'name', 'version')) as { version: string };
    writeFileSync(
      join(project, 'package.json'),
      JSON.stringify({ name: 'user', type: 'module', private: true }),
    );
    npm(project, 'install', '--prefer-offline', `./cl-torch-${version}.tgz`);
  }, 300_000);

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test('holds what is needed and nothing of the checkout', () => {
    for (const file of [
      'bin/cl-torch.js',
      'dist/index.js',
      'dist/index.d.ts',
      'binding.d.ts',
      'CMakeLists.txt',
    ]) {
      expect(existsSync(join(installed, file)), file).toBe(true);
    }
    for (const file of ['lib', 'test', 'build', 'node_modules/.bin', '.ci']) {
      expect(existsSync(join(installed, file)), file).toBe(false);
    }
  });

  test('was installed without running a script: nothing is compiled where npm would hide it', () => {
    const { scripts = {} } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      scripts?: Record<string, string>;
    };
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
    expect(existsSync(join(installed, 'binding.gyp'))).toBe(false); // npm compiles by node-gyp where there is one
  });

  test('can be imported, and its types check, before anything is built', () => {
    writeFileSync(
      join(project, 'use.ts'),
      `import { type RunResult, runExperiment } from 'cl-torch';
       const result: RunResult = await runExperiment({ strategy: 'baseline', tasks: 1 });
       // @ts-expect-error an unknown key
       runExperiment({ strategy: 'baseline', task: 1 });
       console.log(result.average);`,
    );
    const flags = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--typeRoots',
      join(root, 'node_modules/@types'),
      '--types',
      'node',
      'use.ts',
    ];
    const checked = spawnSync(join(root, 'node_modules/.bin/tsc'), flags, { cwd: project, encoding: 'utf8' });
    expect(checked.stdout).toBe('');
    const imported = node(
      project,
      '--input-type=module',
      '-e',
      "import * as all from 'cl-torch'; console.log(typeof all.runExperiment)",
    );
    expect(imported).toMatchObject({ status: 0, stdout: 'function\n' });
  });

  test('says what is missing when the first use finds no compiler', () => {
    const bare = join(project, 'bare-path');
    mkdirSync(bare);
    symlinkSync(process.execPath, join(bare, 'node'));
    const outcome = spawnSync(process.execPath, [join(installed, 'bin/cl-torch.js'), 'run', 'baseline'], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, PATH: bare },
    });
    expect(outcome.status).toBe(1);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toContain('TOOLCHAIN_MISSING');
    expect(outcome.stderr).toMatch(/compiler/);
    expect(outcome.stderr).toMatch(/apt-get install|dnf install/);
    expect(outcome.stderr).not.toContain('    at ');
  });

  test('builds at the first use and trains, by npx', async () => {
    await using box = await sandbox();
    const flags = [
      '--data-dir',
      box.dataDir,
      '--tasks',
      '2',
      '--epochs',
      '1',
      '--hidden',
      '16',
      '--threads',
      '1',
    ];
    const outcome = spawnSync('npx', ['cl-torch', 'run', 'baseline', ...flags], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, CXX: hurriedCompiler(project) },
    });
    expect(outcome.stderr).toContain('building the native addon');
    expect(outcome.stdout).toMatch(/^Task 0: .*\nTask 1: /);
    expect(outcome.status).toBe(0);
    const again = spawnSync('npx', ['cl-torch', 'run', 'baseline', ...flags], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(again.stderr).not.toContain('building');
    expect(again.stdout).toBe(outcome.stdout);
  });
});

/** The compiler without its optimiser, which takes most of the time and has nothing to do with what the package holds. */
function hurriedCompiler(folder: string): string {
  const file = join(folder, 'hurried-compiler');
  writeFileSync(file, `#!/bin/sh\nexec "${process.env.CXX ?? 'c++'}" "$@" -O0\n`, { mode: 0o755 });
  return file;
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function node(cwd: string, ...args: string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
}

import { describe, expect, test } from 'vitest';
import { runModule } from '../support/child.js';

const open = `await session().catch(({ code, message }) => console.log(code, message));`;
const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

describe('Node.js that may load no addon', () => {
  test('is told as that, with the flag that is in the way', async () => {
    const { stdout } = await runModule(open, { args: ['--no-addons'] });
    expect(stdout).toMatch(/^ADDON_LOAD_FAILED .*started with --no-addons.*Start it without/s);
    expect(stdout).not.toContain('build --force');
  });

  test('for want of a permission is told the flag that gives it', async () => {
    const { stdout } = await runModule(open, { args: [permission, '--allow-fs-read=*'] });
    expect(stdout).toMatch(new RegExp(`^ADDON_LOAD_FAILED .*${permission}.*--allow-addons`, 's'));
    expect(stdout).not.toContain('build --force');
  });
});

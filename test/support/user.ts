import { spawn } from 'node:child_process';
import { type ChildOutcome, outcomeOf } from './child.js';

/** Only root can take the part of another user; without it a test that needs one is skipped. */
export const isRoot: boolean = process.geteuid?.() === 0;
/** The user without rights of every Linux. */
export const NOBODY = 65_534;

const dist = new URL('../../dist/', import.meta.url).href;

/**
 * Runs a module's text in a process of its own. What `imports` name is imported from the compiled package before the
 * process becomes user `uid`, who need not be able to read it.
 *
 * @param options.wrapper - A command that runs the one which follows it.
 */
export function runAs(
  uid: number | undefined,
  imports: Readonly<Record<string, string>>,
  body: string,
  options: { readonly env?: NodeJS.ProcessEnv; readonly wrapper?: readonly string[] } = {},
): Promise<ChildOutcome> {
  const lines = Object.entries(imports).map(
    ([names, file]) => `const { ${names} } = await import(${JSON.stringify(dist + file)});`,
  );
  const change =
    uid === undefined ? '' : `process.setgroups([]); process.setgid(${uid}); process.setuid(${uid});`;
  const text = [...lines, change, body].join('\n');
  const [command = '', ...args] = [
    ...(options.wrapper ?? []),
    ...[process.execPath, '--input-type=module', '-e', text],
  ];
  const child = spawn(command, args, {
    cwd: '/',
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return outcomeOf(child);
}

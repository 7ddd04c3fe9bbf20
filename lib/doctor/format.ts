import type { Diagnosis, Status } from './judge.js';

const MARKS: Readonly<Record<Status, string>> = { ok: '✓', warn: '!', fail: '✗' };

/** The diagnosis as plain text: a mark, the name and the value a line, each remedy below its line. */
export function formatDiagnosis({ lines, ready }: Diagnosis): string {
  const width = Math.max(...lines.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 4);
  return [
    ...lines.flatMap(({ name, status, value, remedy }) => [
      `${MARKS[status]} ${name.padEnd(width)}  ${value}`,
      ...(remedy === undefined ? [] : [`${indent}→ ${remedy}`]),
    ]),
    ready ? 'Training can run.' : 'Training cannot run yet: see the lines marked ✗.',
  ].join('\n');
}

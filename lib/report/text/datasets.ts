import type { DatasetReport, DatasetStatus, FileReport } from '../../datasets/index.js';

/** A line a data set: its name, then where it is or how to get it. */
export function statusText(statuses: readonly DatasetStatus[]): string {
  const width = Math.max(...statuses.map(({ dataset }) => dataset.length));
  return statuses
    .map(({ dataset, found, where, remedy }) => {
      const place = found ? where : `not found; get it with: ${remedy}`;
      return `${found ? '✓' : '✗'} ${dataset.padEnd(width)}  ${place}`;
    })
    .join('\n');
}

/** A checked data set: a line a file, and below it what is wrong. */
export function reportText({ dataset, source, files, problem, ok }: DatasetReport): string {
  const verdict = ok ? 'all right' : 'not right';
  const lines = files.flatMap(fileLines);
  return [
    `${dataset}, ${source}: ${verdict}`,
    ...lines,
    ...(problem === null ? [] : [`  ✗ ${problem}`]),
  ].join('\n');
}

function fileLines({ file, expected, found, ok, problem }: FileReport): string[] {
  const sums =
    !ok && found !== null && expected !== null ? [`    expected ${expected}, found ${found} (SHA-256)`] : [];
  return [`  ${ok ? '✓' : '✗'} ${file}`, ...(problem === null ? [] : [`    ${problem}`]), ...sums];
}

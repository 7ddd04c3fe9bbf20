/** A method, how many seeds it has, and its numbers. */
export interface TextRow {
  readonly label: string;
  readonly seeds: string;
  readonly cells: readonly string[];
}

const NUMBER_WIDTH = 15;
/** Of a method's label and its seeds together. */
const NAME_WIDTH = 28;
/** Of a table of methods. */
export const TEXT_WIDTH = 80;

/** Methods with three numbers each: a table, or where `columns` characters are too few for it, a line for each number. */
export function methodLines(heads: readonly string[], rows: readonly TextRow[], columns: number): string[] {
  if (columns < TEXT_WIDTH) return rows.map((row) => textBlock(heads, row));
  return [textLine({ label: '', seeds: 'seeds', cells: heads }), ...rows.map(textLine)];
}

/** A label that is too long beside its seeds has a line of its own. */
function textLine({ label, seeds, cells }: TextRow): string {
  const isLong = label.length + 1 + seeds.length > NAME_WIDTH;
  const start = isLong
    ? `${label}\n${seeds.padStart(NAME_WIDTH)}`
    : label + seeds.padStart(NAME_WIDTH - label.length);
  return `${start}${cells.map((cell) => cell.padStart(NUMBER_WIDTH)).join('')}`;
}

function textBlock(heads: readonly string[], { label, seeds, cells }: TextRow): string {
  const lines = cells.map((cell, column) => `  ${heads[column]}: ${cell}`);
  return [`${label}, seeds: ${seeds}`, ...lines].join('\n');
}

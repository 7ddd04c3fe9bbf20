export interface Column {
  readonly label: string;
  readonly unit?: string | undefined;
  /** Decimals that the page shows; the CSV file has all. */
  readonly digits?: number | undefined;
}

export type Cell = string | number | null;

/** The numbers behind a picture. */
export interface DataTable {
  readonly caption: string;
  /** Name of the CSV file, without `.csv`. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** The first cell names the row; null is no value. */
  readonly rows: readonly (readonly Cell[])[];
  /** `[row, column]` of what stands out. */
  readonly bold?: ReadonlySet<string>;
  /** On a phone each row is a card of its own: for a table that people read row by row, with many columns. */
  readonly cards?: boolean;
}

/** What a number is, with its unit, in one line. */
export function headText({ label, unit }: Column): string {
  return unit === undefined ? label : `${label}, ${unit}`;
}

/** A value for people: a dash for none and for what is no finite number, a true minus sign. */
export function cellText(cell: Cell, digits?: number): string {
  if (typeof cell === 'string') return cell;
  if (cell === null || !Number.isFinite(cell)) return '–';
  const text = digits === undefined ? String(cell) : cell.toFixed(digits);
  return text.replaceAll('-', '−');
}

/** Decimals that show the largest of these with four significant digits or a little more. */
export function decimalsFor(values: readonly (number | null)[]): number {
  const largest = values.reduce<number>(
    (most, value) => (value !== null && Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    0,
  );
  const exponent = largest === 0 ? 0 : Math.floor(Math.log10(largest));
  return exponent < 0 ? Math.min(20, 3 - exponent) : Math.max(0, 4 - exponent);
}

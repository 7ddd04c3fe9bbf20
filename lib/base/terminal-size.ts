/** A terminal's size as Node tells it: undefined for what is none, and 0 where the terminal does not know it. */
interface Screen {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Nothing can be laid out in fewer columns. */
export const NARROWEST = 20;
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

/** Columns; 80 where they are unknown, as on a serial line or in a container that was not told. */
export function columnsOf({ columns }: Screen): number {
  return columns === undefined || !(columns > 0) ? USUAL_COLUMNS : columns;
}

/** Rows; 24 where they are unknown. */
export function rowsOf({ rows }: Screen): number {
  return rows === undefined || !(rows > 0) ? USUAL_ROWS : rows;
}

/** Columns to lay text out in. A terminal too narrow for that breaks the lines itself, so that nothing is lost. */
export function widthOf(screen: Screen): number {
  const columns = columnsOf(screen);
  return columns < NARROWEST ? USUAL_COLUMNS : columns;
}

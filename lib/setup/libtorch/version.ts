/** First version the sources are compiled and tested with. */
const FROM: readonly [number, number] = [2, 11];
/** First version they are not known to compile with. */
const BELOW: readonly [number, number] = [2, 15];

export const SUPPORTED_TEXT: string = `${FROM.join('.')} ≤ version < ${BELOW.join('.')}`;

/** Whether a version such as `2.14.1` is one of those this package is made for. */
export function isSupported(version: string): boolean {
  return compare(version, FROM) >= 0 && compare(version, BELOW) < 0;
}

function compare(version: string, [major, minor]: readonly [number, number]): number {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor - major || ownMinor - minor;
}

/** The value of `--at-once`; `runSeeds` says what is wrong with one that is no number. */
export function readAtOnce(text: unknown): 'auto' | number {
  return text === undefined || text === 'auto' ? 'auto' : Number(text);
}

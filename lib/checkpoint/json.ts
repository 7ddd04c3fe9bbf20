/** JSON that keeps every number: NaN, the infinities and -0, which JSON.stringify loses, become `{"number": text}`. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0))
      ? { number: Object.is(item, -0) ? '-0' : String(item) }
      : item,
  );
}

/** The value that {@link toJson} wrote. Throws SyntaxError when the text is no JSON. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || !('number' in item)) return item;
    return typeof item.number === 'string' ? Number(item.number) : item;
  });
}

import type { Choices } from './fuzz.js';

/** Values that a reader may fall over, at any place of the state. */
const values = [
  ...[0, -1, 1.5, 1e9, 2 ** 31, 2 ** 53, 1e308, '', 'x', '\0', '__proto__', null, true, [], {}, [null]],
  ...[{ number: 'NaN' }, { number: '-0' }, { number: {} }, [[]], 'fused', 'listing', 'x'.repeat(5000)],
];

/** The same JSON with something in it replaced, taken away or doubled. */
export function changed(json: unknown, choices: Choices): unknown {
  if (choices.below(6) === 0 || typeof json !== 'object' || json === null) return choices.of<unknown>(values);
  if (Array.isArray(json)) {
    const place = choices.below(json.length + 1);
    const kind = choices.below(3);
    if (kind === 0) return [...json.slice(0, place), ...json.slice(place + 1)];
    if (kind === 1) return [...json, ...json.slice(place)];
    return json.map((item, i) => (i === place ? changed(item, choices) : item));
  }
  const entries = Object.entries(json);
  if (entries.length === 0) return choices.of<unknown>(values);
  const [key] = choices.of(entries);
  const kind = choices.below(8);
  if (kind === 0) return Object.fromEntries(entries.filter(([name]) => name !== key));
  if (kind === 1) return { ...json, [choices.of(entries)[0]]: (json as Record<string, unknown>)[key] };
  return Object.fromEntries(
    entries.map(([name, item]) => [name, name === key ? changed(item, choices) : item]),
  );
}

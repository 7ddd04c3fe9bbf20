/** Colours are CSS variables (style.ts), so that one picture serves the light and the dark page. */

const SERIES = 8;

/** One of a few kinds, told apart by people of every colour vision; from the ninth on they repeat: {@link seriesRound}. */
export function seriesColor(index: number): string {
  return `var(--series-${index % SERIES})`;
}

/** How often the colours were used before this one: that tells its line from another one of the same colour. */
export function seriesRound(index: number): number {
  return Math.floor(index / SERIES);
}

/** The dashes of a line, by its {@link seriesRound}. */
export function seriesDash(round: number): string {
  return ['none', '6 3'][round] ?? '2 3';
}

/** The key of a legend, striped as the line is dashed. */
export function seriesKey(index: number): string {
  const color = seriesColor(index);
  const dash = seriesDash(seriesRound(index));
  if (dash === 'none') return color;
  const [on = 0, off = 0] = dash.split(' ').map((length) => Number(length) / 2);
  return `repeating-linear-gradient(90deg, ${color} 0 ${on}px, transparent ${on}px ${on + off}px)`;
}

/** Of `count` things in an order; lightness rises or falls with it. */
export function orderedColor(index: number, count: number): string {
  const share = count > 1 ? index / (count - 1) : 0;
  return share < 0.5
    ? mix('--order-middle', '--order-first', share * 2)
    : mix('--order-last', '--order-middle', share * 2 - 1);
}

/** From the least (0) to the greatest (1) of a heat map. */
export function heatColor(share: number): string {
  return mix('--heat-high', '--heat-low', share);
}

/** Where black and white writing on the heat map have the same contrast, 4.6:1, on the light page and the dark one. */
const INK_CHANGES = 0.64;

/** Of writing upon {@link heatColor}. */
export function heatInk(share: number): string {
  return share < INK_CHANGES ? 'var(--heat-ink-low)' : 'var(--heat-ink-high)';
}

function mix(to: string, from: string, share: number): string {
  return `color-mix(in oklab, var(${to}) ${(100 * share).toFixed(1)}%, var(${from}))`;
}

import { roundHundredths } from '../../metrics/index.js';

/** A number as the reference implementation prints it: two decimals at most, one at least (`97.0`, `91.1`, `89.14`). */
export function decimal(value: number): string {
  const rounded = roundHundredths(value);
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded);
}

/** A whole number in groups of three digits: `51,200`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A time for people: `4.2 s`, `45 s`, `2 min 10 s`, `1 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2024–2028` where they follow each other, else one by one. */
export function seedsText(seeds: readonly number[]): string {
  const sorted = [...seeds].sort((a, b) => a - b);
  const [first = 0] = sorted;
  const follow = sorted.length > 2 && sorted.every((seed, i) => seed === first + i);
  return follow ? `${first}–${sorted.at(-1)}` : sorted.join(', ');
}

/** Breaks the lines of a text that are longer than `columns` between words; what goes on below is indented by two. */
export function wrapped(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => {
      const indent = `${/^ */.exec(line)?.[0]}  `;
      return line.split(' ').reduce((done, word) => {
        const last = done.slice(done.lastIndexOf('\n') + 1);
        return last.length + 1 + word.length > columns ? `${done}\n${indent}${word}` : `${done} ${word}`;
      });
    })
    .join('\n');
}

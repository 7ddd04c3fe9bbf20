import type { TextForm } from './option.js';

/** The value that a text stands for. What is no number stays text: the configuration's check then names it. */
export function valueOfText(form: TextForm, text: string): unknown {
  if (form === 'text') return text;
  if (form === 'number') return numberOrText(text);
  const values = text.split(',').map(numberOrText);
  return form === 'word or numbers' && values.length === 1 && typeof values[0] === 'string' ? text : values;
}

function numberOrText(text: string): number | string {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  const isRounded = /^\s*\d+\s*$/.test(text) && !Number.isSafeInteger(number); // another one would be used, and told
  return Number.isNaN(number) || isRounded ? text : number;
}

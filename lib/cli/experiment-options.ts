import { Option } from 'commander';
import type { OptionDescription } from '../config/option.js';
import { describeOptions } from '../config/schema.js';

/** A command-line option for each key of the configuration. */
export function experimentOptions(): Option[] {
  return describeOptions().map((option) =>
    new Option(`${option.flag} <${option.placeholder}>`, helpOf(option)).argParser((text) =>
      read(option, text),
    ),
  );
}

function helpOf({ description, expected, defaultValue }: OptionDescription): string {
  const standard = defaultValue === undefined ? '' : `; default ${defaultValue}`;
  return `${description} (${expected}${standard})`;
}

/** The value that a text stands for. What is no number stays text: the configuration's check then names it. */
function read({ form }: OptionDescription, text: string): unknown {
  if (form === 'text') return text;
  return form === 'number' ? numberOrText(text) : text.split(',').map(numberOrText);
}

function numberOrText(text: string): number | string {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? text : number;
}

import { z } from 'zod';
import type { Kind } from './option.js';

/** Where a run may train. */
export type DeviceChoice = 'auto' | 'cpu' | 'cuda' | `cuda:${string}`;

export function integer(min: number, max: number): Kind<number> {
  return {
    schema: z.int().min(min).max(max),
    expected: `an integer from ${min} to ${max}`,
    form: 'number',
    placeholder: 'N',
  };
}

export function oneOf<const Name extends string>(names: readonly Name[]): Kind<Name> {
  return {
    schema: z.literal(names),
    expected: names.length > 1 ? `one of ${names.join(', ')}` : names.join(),
    form: 'text',
    placeholder: 'NAME',
  };
}

export const onOff: Kind<'on' | 'off'> = oneOf(['on', 'off']);

/** 2^53 - 1 is the largest integer that a JavaScript number holds exactly. */
export const seed: Kind<number> = integer(0, Number.MAX_SAFE_INTEGER);

export const rate: Kind<number> = number(0, 10);

export const positive: Kind<number> = {
  schema: z.number().gt(0).max(1e6),
  expected: 'a number above 0 and at most 1000000',
  form: 'number',
  placeholder: 'X',
};

export function number(min: number, max: number): Kind<number> {
  return {
    schema: z.number().min(min).max(max),
    expected: `a number from ${min} to ${max}`,
    form: 'number',
    placeholder: 'X',
  };
}

export const ratios: Kind<readonly number[]> = {
  schema: z.array(z.number().gt(0).max(1)).min(1).max(16),
  expected: '1 to 16 numbers, each above 0 and at most 1',
  form: 'numbers',
  placeholder: 'X,X,…',
};

/** A list of integers, each above the one before. */
export function increasing(min: number, max: number): Kind<readonly number[]> {
  return {
    schema: z
      .array(z.int().min(min).max(max))
      .min(1)
      .max(16)
      .refine((list) => list.every((value, i) => i === 0 || value > (list[i - 1] ?? value)), {
        error: 'each number must be above the one before it',
      }),
    expected: `1 to 16 increasing integers from ${min} to ${max}`,
    form: 'numbers',
    placeholder: 'N,N,…',
  };
}

export const bounds: Kind<readonly [number, number]> = {
  schema: z
    .tuple([z.number().min(-10).max(10), z.number().min(-10).max(10)])
    .refine(([least, most]) => least < most, {
      error: 'the first number must be below the second',
    }),
  expected: 'two numbers from -10 to 10, the first below the second',
  form: 'numbers',
  placeholder: 'X,X',
};

export const decay: Kind<number> = {
  schema: z.number().min(0).lt(1),
  expected: 'a number from 0 to below 1',
  form: 'number',
  placeholder: 'X',
};

export const smallNumber: Kind<number> = {
  schema: z.number().gt(0).max(1),
  expected: 'a number above 0 and at most 1',
  form: 'number',
  placeholder: 'X',
};

export const folder: Kind<string> = {
  schema: z.string().regex(/^[^\0]+$/),
  expected: 'the path of a folder',
  form: 'text',
  placeholder: 'DIR',
};

export const path: Kind<string> = {
  ...folder,
  expected: 'the path of a folder or a file',
  placeholder: 'PATH',
};

/** Names of a network's parameters, as `chosenNames` reads them. */
export const layers: Kind<string> = {
  schema: z.string().regex(/^!?[\w*.-]+(,!?[\w*.-]+)*$/),
  expected: 'names of layers or parameters, such as conv1,layer*.bn1 or !head',
  form: 'text',
  placeholder: 'NAMES',
};

export const file: Kind<string> = { ...folder, expected: 'the path of a file', placeholder: 'FILE' };

export const device: Kind<DeviceChoice> = {
  schema: z.union([
    z.literal(['auto', 'cpu', 'cuda']),
    z.templateLiteral(['cuda:', z.string().regex(/(?:0|[1-9][0-9]{0,2})/)]),
  ]),
  expected: 'auto, cpu, cuda or cuda:N (N from 0 to 999)',
  form: 'text',
  placeholder: 'NAME',
};

export const threadCount: Kind<'auto' | number> = {
  schema: z.union([z.literal('auto'), z.int().min(1).max(1024)]),
  expected: 'auto or an integer from 1 to 1024',
  form: 'number',
  placeholder: 'N',
};

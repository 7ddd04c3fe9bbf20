import { z } from 'zod';
import { integer } from '../../options/kinds.js';
import { inGroup, type Kind, type OptionSchemas, optional, withDefault } from '../../options/option.js';

/** What each run of a sweep is given by Slurm. */
export interface SlurmOptions {
  /** Default the cluster's. */
  readonly partition?: string | undefined;
  /** As Slurm writes it: minutes, `hours:minutes:seconds` or `days-hours`. Default the partition's. */
  readonly time?: string | undefined;
  /** A number, or with a type: `a100:1`. Default none. */
  readonly gpus?: number | string | undefined;
  /** As Slurm writes it: `4G`. Default the cluster's. */
  readonly mem?: string | undefined;
  /** Logical CPUs. Default 1. */
  readonly cpus: number;
  /** Further arguments of sbatch, as one line: `--account=x --qos=long`. */
  readonly sbatch?: string | undefined;
  /** How many runs at the same time. Default as many as the cluster lets. */
  readonly atOnce?: number | undefined;
}

const name: Kind<string> = {
  schema: z.string().regex(/^[\w.,@+-]+$/),
  expected: 'the name of a partition, or several with commas',
  form: 'text',
  placeholder: 'NAME',
};

const time: Kind<string> = {
  schema: z.string().regex(/^(\d+(:\d\d){0,2}|\d+-\d+(:\d\d){0,2})$/),
  expected: 'minutes, hours:minutes:seconds or days-hours, such as 90, 2:00:00 or 1-12',
  form: 'text',
  placeholder: 'TIME',
};

const gpus: Kind<number | string> = {
  schema: z.union([z.int().min(1).max(64), z.string().regex(/^[\w.-]+:[1-9]\d?$/)]),
  expected: 'a number from 1 to 64, or a type and a number such as a100:1',
  form: 'number',
  placeholder: 'N',
};

const mem: Kind<string> = {
  schema: z.string().regex(/^[1-9]\d*[KMGT]?$/),
  expected: 'a number with K, M (the default), G or T, such as 4G',
  form: 'text',
  placeholder: 'SIZE',
};

/** The array is made here: by another one the tasks would not find their runs. */
const further: Kind<string> = {
  schema: z
    .string()
    .regex(/^-[^\p{Cc}]*$/u)
    .refine((text) => !/(^|\s)(--array|--wrap|--parsable|-a)\b/.test(text)),
  expected: 'arguments of sbatch in one line, such as --account=x; none of --array, --wrap, --parsable',
  form: 'text',
  placeholder: 'ARGS',
};

export const slurmOptions: OptionSchemas<SlurmOptions> = inGroup('Slurm', {
  partition: optional(name, "partition of the cluster; default the cluster's own choice"),
  time: optional(time, "longest time of a job, as Slurm writes it; default the partition's"),
  gpus: optional(gpus, 'GPUs of each run'),
  mem: optional(mem, "memory of each run; default the cluster's"),
  cpus: withDefault(integer(1, 1024), 1, 'CPUs of each run'),
  sbatch: optional(further, "further arguments of sbatch, such as '--account=x --qos=long'"),
  atOnce: optional(
    integer(1, 100_000),
    'how many runs at the same time; default as many as the cluster lets',
  ),
});

/** Variables by which sbatch overrules the lines of a script, of those that every script has. */
const OVERRULING = [
  'SBATCH_ARRAY_INX',
  'SBATCH_JOB_NAME',
  'SBATCH_NO_REQUEUE',
  'SBATCH_OPEN_MODE',
  'SBATCH_OUTPUT',
  'SBATCH_SIGNAL',
  'SBATCH_WAIT',
];

/** Variables that would overrule a script with these options; the user's others are heeded. */
export function overruling({ partition, time, gpus, mem }: SlurmOptions): string[] {
  return [
    ...OVERRULING,
    ...(partition === undefined ? [] : ['SBATCH_PARTITION']),
    ...(time === undefined ? [] : ['SBATCH_TIMELIMIT']),
    ...(gpus === undefined ? [] : ['SBATCH_GRES']),
    ...(mem === undefined ? [] : ['SBATCH_MEM_PER_NODE']),
  ];
}

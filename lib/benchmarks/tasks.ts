import { integer } from '../options/kinds.js';
import { type Option, withDefault } from '../options/option.js';

/** The option `tasks`, which every benchmark has. */
export function tasksOption(defaultValue: number, most = 1000): Option<number> {
  return withDefault(integer(1, most), defaultValue, 'tasks to learn, one after another', {
    group: 'Tasks and data',
    aliases: ['n-tasks', 'num-tasks', 'n-experiences', 'num-experiences'],
  });
}

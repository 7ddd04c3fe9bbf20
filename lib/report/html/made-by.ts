import { count } from '../../base/count.js';
import { commandLine } from '../../config/command-line.js';
import type { RunResult } from '../../runs/types.js';
import type { Method } from '../text/comparison.js';
import type { DataTable } from '../text/data-table.js';
import { imagesOf } from '../text/images.js';
import { seedsText } from '../text/text.js';
import { tableMarkup } from './data-table.js';
import { html, type Markup } from './markup.js';

const CUSTOM = 'a program of your own: the strategy is none of the package';

/** How a run was made, as a card beside the pictures. */
export function madeByCard(result: RunResult): Markup {
  const { config, environment, startedAt } = result;
  const { device, deviceName, threads, engine, libtorch, clTorch } = environment;
  const command = commandLine({ config, threads });
  const images = imagesOf(config);
  const entries: [string, string | Markup][] = [
    ['Command', command === null ? CUSTOM : html`<code>${command}</code>`],
    ['Started', startedAt === undefined ? 'not recorded' : dateText(startedAt)],
    ['Seed', String(config.seed)],
    [
      'Measured on',
      images === 'test images'
        ? images
        : `${count(config.validation, 'image')} set apart from the training images`,
    ],
    ['Device', `${device} (${deviceName}), ${count(threads, 'thread')}`],
    ['Engine', `${engine}, LibTorch ${libtorch}, cl-torch ${clTorch}`],
  ];
  return html`<div class="card" id="made-by"><h3>How it was made</h3>
<dl>${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></div>`;
}

/** The same for the methods of a comparison, with all seeds of each. */
export function madeByTable(methods: readonly Method[]): Markup {
  const table: DataTable = {
    caption: 'How the runs were made; a command with --seeds makes all of its row',
    name: 'runs-made-by',
    columns: [
      { label: 'method' },
      { label: 'seeds' },
      { label: 'started' },
      { label: 'measured on' },
      { label: 'command' },
    ],
    rows: methods.map(({ label, runs }) => {
      const seeds = runs.map(({ config }) => config.seed);
      const [first] = runs;
      const command =
        first && commandLine({ config: first.config, seeds, threads: first.environment.threads });
      return [
        label,
        seedsText(seeds),
        periodText(runs),
        first ? imagesOf(first.config) : null,
        command ?? CUSTOM,
      ];
    }),
    cards: true,
  };
  return tableMarkup(table);
}

function periodText(runs: readonly RunResult[]): string | null {
  const times = runs.flatMap(({ startedAt }) => startedAt ?? []).sort();
  const [first, last] = [times[0], times.at(-1)].map((time) => time && dateText(time));
  if (first === undefined) return null;
  return first === last ? first : `${first} to ${last}`;
}

/** `2026-11-25 21:04 UTC`. */
function dateText(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

import type { PlotOptions } from '@observablehq/plot';
import type { DataTable } from '../text/data-table.js';
import { tableMarkup } from './data-table.js';
import { html, Markup } from './markup.js';

export type Plot = typeof import('@observablehq/plot');

/** Room for a picture. On a phone it is drawn anew, because a scaled one has letters too small to read. */
export interface Size {
  readonly width: number;
  readonly narrow: boolean;
}

const SIZES: Readonly<Record<'half' | 'full' | 'phone', Size>> = {
  half: { width: 560, narrow: false },
  full: { width: 900, narrow: false },
  phone: { width: 330, narrow: true },
};

type Page = ReturnType<typeof import('linkedom').parseHTML>['document'];

export interface LegendEntry {
  readonly label: string;
  /** A CSS colour. */
  readonly color: string;
}

/** Colours that run from one end to the other, for things in an order. */
export interface ColorScale {
  readonly labels: readonly string[];
  readonly colors: readonly string[];
  /** On a wide page the picture itself says it. */
  readonly narrowOnly?: boolean;
}

/** A picture, the same in words, and the numbers behind it. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** How to read it. */
  readonly caption: string;
  /** What is to be seen, for those who do not see it. */
  readonly description: string;
  readonly legend?: readonly LegendEntry[];
  readonly scale?: ColorScale | undefined;
  /** Whether it takes the whole width of a wide page. */
  readonly isFull?: boolean;
  plot(plot: Plot, size: Size): PlotOptions;
  readonly table: DataTable;
  /** What is drawn and too much for that table. */
  readonly moreTables?: readonly DataTable[];
}

/** Draws figures to SVG text, without a browser. */
export class Draughtsman {
  readonly #plot: Plot;
  readonly #document: Page;

  private constructor(plot: Plot, document: Page) {
    this.#plot = plot;
    this.#document = document;
  }

  /** Loads what draws: about a second, which a command that draws nothing shall not pay. */
  static async load(): Promise<Draughtsman> {
    const [plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
    return new Draughtsman(plot, parseHTML('<!doctype html><html><body></body></html>').document);
  }

  figure(figure: Figure): Markup {
    const { id, title, caption, legend, scale, table, moreTables = [], isFull = false } = figure;
    return html`<figure id="${id}"${isFull ? html` class="full"` : null}>
<figcaption><h3>${title}</h3><p>${caption}</p></figcaption>
${legend ? legendMarkup(legend) : null}${scale ? scaleMarkup(scale) : null}
${[isFull ? SIZES.full : SIZES.half, SIZES.phone].map((size) => this.#picture(figure, size))}
<details><summary>The numbers<span class="hidden"> of: ${title}</span></summary>
${[table, ...moreTables].map(tableMarkup)}
</details></figure>`;
  }

  #picture({ id, title, description, plot }: Figure, size: Size): Markup {
    const kind = size.narrow ? 'narrow' : 'wide';
    const svg = this.#plot.plot({
      document: this.#document,
      className: 'chart',
      width: size.width,
      marginTop: 28,
      marginBottom: 42,
      ...plot(this.#plot, size),
    });
    // Plot labels its groups, which have no role that may have a label; the picture as a whole has one.
    for (const group of svg.querySelectorAll('[aria-label]')) group.removeAttribute('aria-label');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', title);
    svg.setAttribute('aria-describedby', `${id}-${kind}`);
    const text = this.#document.createElementNS('http://www.w3.org/2000/svg', 'desc');
    text.setAttribute('id', `${id}-${kind}`);
    text.textContent = description;
    svg.prepend(text);
    return html`<div class="${kind}">${new Markup(rounded(svg.outerHTML))}</div>`;
  }
}

/** Attributes that are places in a picture, in pixels. */
const PLACES = / (?:d|transform|width|height|[xy][12]?|c[xy])="[^"]*"/g;

/** With places to a hundredth of a pixel, which makes a page of many marks much lighter. */
function rounded(svg: string): string {
  return svg.replace(PLACES, (place) => place.replace(/(\.\d\d)\d+/g, '$1'));
}

function legendMarkup(entries: readonly LegendEntry[]): Markup {
  return html`<ul class="legend">${entries.map(
    ({ label, color }) => html`<li><span class="key" style="background:${color}"></span>${label}</li>`,
  )}</ul>`;
}

function scaleMarkup({ labels, colors, narrowOnly = false }: ColorScale): Markup {
  const bar = html`<span class="bar" style="background:linear-gradient(to right in oklab, ${colors.join(', ')})"></span>`;
  return html`<div class="scale${narrowOnly ? ' narrow' : ''}">${bar}${labels.map((label) => html`<span>${label}</span>`)}</div>`;
}

import { html, Markup } from './markup.js';
import { style } from './style.js';

/** A number to be seen first. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  /** What it is of. */
  readonly note?: string;
}

export interface Page {
  readonly title: string;
  readonly lead: string;
  /** What a reader must know before the numbers; null when there is nothing. */
  readonly notice: string | null;
  readonly tiles: readonly Tile[];
  readonly sections: readonly { readonly title: string; readonly content: Markup }[];
  /** Version that wrote the page. */
  readonly version: string;
}

/** A whole HTML page. It has no script, and its policy forbids it to fetch anything. */
export function pageText({ title, lead, notice, tiles, sections, version }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="generator" content="cl-torch ${version}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">${lead}</p>
${notice === null ? null : html`<p class="notice" role="note">${notice}</p>`}
${tilesMarkup(tiles)}
</header>
<main>
${sections.map((section) => html`<section><h2>${section.title}</h2>\n${section.content}</section>\n`)}
</main>
<footer>Written by cl-torch ${version}. The metrics are defined in its docs/metrics.md.</footer>
</body>
</html>
`.text;
}

function tilesMarkup(tiles: readonly Tile[]): Markup | null {
  if (tiles.length === 0) return null;
  return html`<dl class="tiles">${tiles.map(
    ({ label, value, unit, note }) =>
      html`<div><dt>${label}</dt><dd>${value}${unit === undefined ? null : html` <small>${unit}</small>`}${note === undefined ? null : html` <small class="note">${note}</small>`}</dd></div>`,
  )}</dl>`;
}

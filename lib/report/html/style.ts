/**
 * The page's only style sheet. The kinds' colours are those of Okabe and Ito (2008), darkened on the light page to a
 * contrast of 3:1; the ordered colours and the heat map's rise evenly in lightness.
 */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --card: #ffffff; --ink: #1d2125; --soft: #5a636d; --line: #dfe3e6; --link: #0b5cad; --accent: #0b5cad;
  --series-0: #0072b2; --series-1: #d55e00; --series-2: #00805b; --series-3: #b1508b; --series-4: #a86f00;
  --series-5: #2b87c4; --series-6: #555b61; --series-7: #7a4fd0;
  --order-first: #35207f; --order-middle: #b03575; --order-last: #d9791c;
  --heat-low: #eef3f8; --heat-high: #0b3a6b; --heat-ink-low: #000000; --heat-ink-high: #ffffff;
  --warn: #fff4dc; --warn-line: #b97900;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1b1f23; --ink: #e8eaec; --soft: #a4adb6; --line: #343b42; --link: #7ab8ff; --accent: #7ab8ff;
    --series-0: #56a8e0; --series-1: #f0803c; --series-2: #2fbf92; --series-3: #dd8fbd; --series-4: #e6b046;
    --series-5: #8fd0f5; --series-6: #b4bac0; --series-7: #a98bf5;
    --order-first: #8e86f2; --order-middle: #ec6fa6; --order-last: #ffd591;
    --heat-low: #1c2733; --heat-high: #74acde; --heat-ink-low: #ffffff; --heat-ink-high: #000000;
    --warn: #33290f; --warn-line: #d9a23a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 78rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
}
h1, h2, h3 { line-height: 1.25; font-weight: 650; text-wrap: balance; }
h1 { font-size: 1.75rem; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.2rem; margin: 3rem 0 1rem; padding-bottom: 0.4rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 0; }
p { margin: 0.4rem 0; max-width: 46rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.lead, figcaption p, .soft { color: var(--soft); }
.notice { border-left: 4px solid var(--warn-line); background: var(--warn); padding: 0.6rem 1rem; margin: 1.25rem 0; max-width: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1rem 1.25rem; margin: 1.75rem 0 0; padding: 1rem 1.2rem;
  background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.tiles dd { white-space: nowrap; }
.tiles dt { color: var(--soft); font-size: 0.85rem; }
.tiles dd { margin: 0; font-size: 1.45rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles dd small { font-size: 0.85rem; font-weight: 400; color: var(--soft); }
.tiles dd .note { display: block; line-height: 1.2; }
.figures { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
@media (min-width: 72rem) { .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.wide { max-width: 40rem; }
figure.full { grid-column: 1 / -1; }
.full .wide { max-width: none; }
.figures > .card:last-child:nth-child(odd) { grid-column: 1 / -1; }
figure, .card { margin: 0; padding: 1.1rem 1.2rem 0.9rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; min-width: 0; }
figcaption p { margin: 0.15rem 0 0.75rem; font-size: 0.9rem; }
.chart { --plot-background: var(--card); overflow: visible; width: 100%; height: auto; font-family: inherit; font-size: 12px; }
figure { display: flex; flex-direction: column; }
figure > details { margin-top: auto; padding-top: 0.6rem; }
.card dl, .settings { margin: 0.6rem 0 0; font-size: 0.875rem; }
.card dl > div { padding: 0.3rem 0; border-bottom: 1px solid var(--line); }
.card dt, .settings dt { color: var(--soft); }
.card dd, .settings dd { margin: 0; overflow-wrap: break-word; font-variant-numeric: tabular-nums; }
code { font: 0.92em/1.5 ui-monospace, "SFMono-Regular", "Liberation Mono", monospace; overflow-wrap: anywhere; }
.settings { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 0 2rem; }
.settings > div { display: flex; justify-content: space-between; gap: 1rem; padding: 0.28rem 0; border-bottom: 1px solid var(--line); }
.settings dd { text-align: right; min-width: 0; }
.asked > div { flex-wrap: wrap; row-gap: 0; }
.asked dd { margin-left: auto; }
section > h3 { margin-top: 1.75rem; }
.narrow, .scale.narrow { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: 0.15rem 0.9rem; list-style: none; margin: 0 0 0.5rem; padding: 0; font-size: 0.85rem; }
.key { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.4em; border-radius: 2px; vertical-align: -0.05em;
  box-shadow: 0 0 0 1px var(--line); }
.scale { display: flex; flex-wrap: wrap; justify-content: space-between; max-width: 20rem; margin: 0 0 0.5rem; font-size: 0.85rem; }
.scale .bar { flex: 0 0 100%; height: 0.6em; border-radius: 2px; box-shadow: 0 0 0 1px var(--line); }
details { margin-top: 0.6rem; }
summary { cursor: pointer; color: var(--link); font-size: 0.9rem; width: fit-content; }
.scroll { overflow-x: auto; margin-top: 0.5rem; container-type: inline-size; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.35rem; }
caption > span { position: sticky; left: 0; display: inline-block; max-width: min(46rem, 100cqi); }
th, td { padding: 0.28rem 0.75rem 0.28rem 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; font-weight: 600; white-space: normal; min-width: 4.5rem; }
th small { display: block; font-weight: 400; color: var(--soft); }
th:first-child, td.text, table.words th { text-align: left; }
tbody th { font-weight: 500; }
tbody th:first-child { position: sticky; left: 0; background: var(--paper); white-space: normal; min-width: 6rem; }
figure tbody th:first-child { background: var(--card); min-width: 0; }
table.words td { text-align: left; white-space: normal; min-width: 6rem; overflow-wrap: break-word; }
td.long { white-space: normal; min-width: 16rem; }
.csv { font-size: 0.85rem; }
.csv + .scroll, .csv + .figures, p + .figures { margin-top: 1.75rem; }
p + .settings { margin-top: 1rem; }
.csv::before { content: "↓ "; color: var(--soft); }
.paper { display: none; font-size: 0.85rem; color: var(--soft); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
footer { margin-top: 3rem; font-size: 0.85rem; color: var(--soft); }
@media (max-width: 640px) {
  body { padding: 1.25rem 0.75rem 3rem; }
  h1 { font-size: 1.4rem; }
  figure { padding: 0.8rem 0.65rem 0.6rem; }
  .wide { display: none; }
  .narrow { display: block; }
  .scale.narrow { display: flex; }
  table.cards, table.cards tbody, table.cards caption { display: block; }
  table.cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.cards tr { display: block; padding: 0.5rem 0 0.75rem; border-bottom: 1px solid var(--line); }
  table.cards th:first-child, table.cards td { display: flex; justify-content: space-between; gap: 1rem; padding: 0.1rem 0;
    border: 0; text-align: right; white-space: normal; position: static; }
  table.cards th:first-child { font-weight: 650; }
  table.cards td.long { display: block; text-align: left; min-width: 0; }
  table.cards td.long::before { display: block; max-width: none; }
  table.cards td::before { content: attr(data-label); color: var(--soft); text-align: left; flex: 0 0 auto; max-width: 60%; }
}
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .figures { display: block; }
  figure { break-inside: avoid; border: 0; padding: 0 0 1.2rem; }
  .wide { display: block; max-width: 15cm; }
  .full .wide { max-width: none; }
  .narrow, .csv { display: none; }
  details::details-content { display: block; content-visibility: visible; }
  .scroll { overflow: visible; }
  .screen { display: none; }
  .paper { display: block; }
  table { font-size: 7.5pt; }
  th, td { padding: 0.15rem 0.4rem 0.15rem 0; }
  thead th { white-space: normal; }
}
`;

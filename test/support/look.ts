import type { Page } from 'playwright-core';

/** Runs in the page: what a reader would call broken, in words. */
const LOOK = `(() => {
  const problems = [];
  const isSeen = (node) => node.getClientRects().length > 0;
  const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
  for (const svg of document.querySelectorAll('figure svg')) {
    if (!isSeen(svg)) continue;
    const figure = svg.closest('figure');
    const card = figure.getBoundingClientRect();
    for (const axis of svg.querySelectorAll('g[font-variant="tabular-nums"]')) {
      const labels = [...axis.querySelectorAll('text')].map((text) => text.textContent);
      if (new Set(labels).size < labels.length) problems.push(figure.id + ': the axis repeats ' + labels.join(' '));
    }
    const texts = [...svg.querySelectorAll('text')].filter(isSeen).map((text) => [text.textContent, text.getBoundingClientRect()]);
    for (const [i, [text, box]] of texts.entries()) {
      if (box.left < card.left || box.right > card.right || box.top < card.top || box.bottom > card.bottom) problems.push(figure.id + ': cut: ' + text);
      for (const [other, otherBox] of texts.slice(i + 1)) {
        if (overlap(box, otherBox)) problems.push(figure.id + ': ' + text + ' lies on ' + other);
      }
    }
  }
  for (const legend of document.querySelectorAll('.legend, .scale')) {
    if (legend.textContent.includes('…')) problems.push('a legend leaves out tasks: ' + legend.textContent);
  }
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) problems.push('the page is ' + scrollWidth + ' px wide');
  for (const table of document.querySelectorAll('table.cards')) {
    const { scrollWidth: whole, clientWidth: shown } = table.parentElement;
    if (whole > shown) problems.push('the table is cut: ' + table.caption.textContent);
  }
  const range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest('svg, style, code')) continue;
    for (const { 0: word, index } of node.data.matchAll(/[^\\s\\u002d\\u2013\\/,]+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      if (range.getClientRects().length > 1) problems.push('the word is broken: ' + word);
    }
  }
  const cards = [...document.querySelectorAll('.figures > :not(.full)')].map((card) => card.getBoundingClientRect());
  for (const [i, card] of cards.entries()) {
    if (i % 2 === 1 || cards[i + 1]?.top !== card.top) continue;
    if (Math.abs(cards[i + 1].bottom - card.bottom) > 1) problems.push('a row with an empty part');
  }
  if (innerWidth > 1200 && cards.length % 2 === 1 && cards.at(-1).width < 1000) problems.push('the last row is half empty');
  const details = [...document.querySelectorAll('details')];
  for (const each of details) each.open = true;
  for (const caption of document.querySelectorAll('caption > span')) {
    if (caption.getBoundingClientRect().right > innerWidth) problems.push('a caption is cut: ' + caption.textContent);
  }
  for (const each of details) each.open = false;
  return problems;
})()`;

/** What a reader would call broken in a page, on a wide screen and on a phone. */
export async function look(page: Page, html: string): Promise<string[]> {
  const problems: string[] = [];
  await page.setContent(html, { waitUntil: 'load' });
  for (const width of [1280, 375]) {
    await page.setViewportSize({ width, height: 900 });
    const found = (await page.evaluate(LOOK)) as string[];
    problems.push(...found.map((problem) => `${width} px: ${problem}`));
  }
  return problems;
}

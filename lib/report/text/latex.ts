import { cellText, type DataTable, headText } from './data-table.js';

/**
 * A table in LaTeX, with the rules of booktabs: names to the left, everything else to the right, its caption and a label of its
 * name. The preamble needs `\usepackage{booktabs}`.
 */
export function latexTable({ caption, name, columns, rows, bold }: DataTable): string {
  const lines = rows.map((cells, row) =>
    cells.map((cell, column) => {
      const text = latexText(cellText(cell, columns[column]?.digits));
      return bold?.has(`${row},${column}`) ? `\\textbf{${text}}` : text;
    }),
  );
  const isWords = (column: number): boolean =>
    rows.every((cells) => typeof cells[column] === 'string' && !/^[−\d–]/.test(String(cells[column])));
  const alignment = columns.map((_, column) => (column === 0 || isWords(column) ? 'l' : 'r')).join('');
  const row = (cells: readonly string[]): string => `${cells.join(' & ')} \\\\`;
  return `${[
    '% Needs \\usepackage{booktabs}.',
    '\\begin{table}',
    '\\centering',
    `\\caption{${latexText(caption)}}`,
    `\\label{tab:${name}}`,
    `\\begin{tabular}{${alignment}}`,
    '\\toprule',
    row(columns.map((column) => latexText(headText(column)))),
    '\\midrule',
    ...lines.map(row),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
  ].join('\n')}\n`;
}

const SIGNS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '$<$',
  '>': '$>$',
  '|': '$|$',
  '±': '$\\pm$',
  '−': '$-$',
  '×': '$\\times$',
  '–': '--',
  '…': '\\dots{}',
  '"': "''",
  '\n': ' ',
};

/** A text that LaTeX shows as it is. */
export function latexText(text: string): string {
  return text.replace(/[\\{}&%$#_~^<>|±−×–…"\n]/g, (sign) => SIGNS[sign] ?? sign);
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Block {
  /** Such as `README.md:102`. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** The fenced blocks of README.md and docs/*.md in one of these languages, as they are printed. */
export function documentedBlocks(...languages: readonly string[]): Block[] {
  const pages = ['README.md', ...readdirSync(join(checkout, 'docs')).map((name) => `docs/${name}`)];
  return pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) => {
      const text = readFileSync(join(checkout, page), 'utf8');
      return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
        place: `${page}:${text.slice(0, match.index).split('\n').length}`,
        language: match[1] ?? '',
        text: match[2] ?? '',
      }));
    })
    .filter(({ language }) => languages.includes(language));
}

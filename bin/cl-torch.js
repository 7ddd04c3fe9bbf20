#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  const { runCommandLine } = await import(main.href);
  await runCommandLine(process.argv);
} else {
  process.stderr.write('error: cl-torch is not compiled yet. In the checkout, run: npm run build:ts\n');
  process.exitCode = 1;
}

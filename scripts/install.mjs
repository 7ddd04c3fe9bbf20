// npm's install step. Installing must succeed wherever Node runs: what cannot be built now is built at first use.
import { existsSync } from 'node:fs';

const build = new URL('../dist/addon/index.js', import.meta.url);

// In a checkout npm runs this before TypeScript is compiled; there `prepare` builds the addon.
if (existsSync(build) && process.env.CL_TORCH_NO_BUILD !== '1') {
  try {
    const { buildAddon } = await import(build.href);
    await buildAddon({ log: (line) => console.error(line) });
  } catch (error) {
    console.error(
      `cl-torch is installed, but its native addon is not built yet.\n${error.message}\n` +
        'The first use tries again, and so does `npx cl-torch build`.',
    );
  }
}

import { once } from './once.js';
import compile, { run } from './typescript.js';

/** Compiles the package and builds the addon where they are not current: tests run the real command line. */
export default function setup(): void {
  compile();
  once('addon', () => run(process.execPath, 'bin/cl-torch.js', 'build'));
}

import { transformWithOxc } from 'vite';

/** For Jest: the repository's TypeScript, its types taken away. */
export default {
  async processAsync(source, path) {
    const { code } = await transformWithOxc(source, path, { target: 'es2022', sourcemap: false });
    return { code };
  },
};

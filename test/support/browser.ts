import { access } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [process.env.CL_TORCH_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'];

/** The Chromium of this machine; undefined where there is none. */
export async function findChromium(): Promise<string | undefined> {
  for (const place of PLACES) {
    if (
      place !== undefined &&
      (await access(place).then(
        () => true,
        () => false,
      ))
    )
      return place;
  }
  return undefined;
}

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

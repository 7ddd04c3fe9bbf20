import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** Every request so far, CONNECT included. */
  readonly requests: IncomingMessage[];
}

/** A real HTTP server on a free port; `answer` gets each request with its number, from 0. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(request);
    answer(request, response, requests.length - 1);
  });
  server.on('connect', (request, socket) => {
    requests.push(request);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Sends the whole file, or what the Range header asks for, with an ETag. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  etag = '"v1"',
): void {
  const start = rangeStart(request);
  if (start === null || request.headers['if-range'] !== etag) {
    response.writeHead(200, { 'content-length': content.length, etag }).end(content);
    return;
  }
  const range = `bytes ${start}-${content.length - 1}/${content.length}`;
  response.writeHead(206, { 'content-range': range, etag }).end(content.subarray(start));
}

/** Announces the whole file, sends its first `sent` bytes and says nothing more. */
export function sendSome(
  response: ServerResponse,
  content: Buffer,
  sent: number,
  headers: Record<string, string> = { etag: '"v1"' },
): void {
  response.writeHead(200, { 'content-length': content.length, ...headers }).write(content.subarray(0, sent));
}

/** As {@link sendSome}, then hangs up once `arrived()` holds, so that a test knows what the other side has. */
export function dropAfter(
  response: ServerResponse,
  content: Buffer,
  sent: number,
  arrived: () => boolean,
  headers?: Record<string, string>,
): void {
  sendSome(response, content, sent, headers);
  const poll = setInterval(() => {
    if (!arrived()) return;
    clearInterval(poll);
    response.socket?.destroy();
  }, 2);
}

/** First byte asked for; null without a Range header. */
export function rangeStart(request: IncomingMessage): number | null {
  const match = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  return match ? Number(match[1]) : null;
}

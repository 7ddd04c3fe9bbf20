import { STATUS_CODES } from 'node:http';
import { EnvHttpProxyAgent, request } from 'undici';
import { ClTorchError, codeOf, messageOf } from '../../base/errors.js';
import { property, shown } from '../../base/values.js';

/** How long a server may take to answer, ms. */
const PATIENCE = 60_000;

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  /** MLflow's name of the error, such as RESOURCE_DOES_NOT_EXIST; undefined where another server answers. */
  readonly code: unknown;
}

/** An MLflow tracking server, by its REST API 2.0. */
export class MlflowServer implements AsyncDisposable {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent = new EnvHttpProxyAgent({ headersTimeout: PATIENCE, bodyTimeout: PATIENCE });
  readonly #signal: AbortSignal | undefined;

  /**
   * @param url - Such as `http://localhost:5000`. Who sends is said as MLflow's own clients say it: by MLFLOW_TRACKING_TOKEN, or by
   * MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD; or by a user and a password in the URL, which go first.
   * @throws {ClTorchError} INVALID_ARGUMENT when it is no http or https URL.
   */
  constructor(url: string, signal?: AbortSignal) {
    const base = URL.canParse(url) ? new URL(url) : undefined;
    if (base === undefined || !/^https?:$/.test(base.protocol)) {
      throw new ClTorchError(
        'INVALID_ARGUMENT',
        `${shown(url)} is no address of an MLflow server: give its URL, such as http://localhost:5000.`,
      );
    }
    this.#headers = authorization(base);
    base.username = '';
    base.password = '';
    this.#base = base;
    this.#signal = signal;
  }

  /**
   * Asks for an endpoint, such as `runs/create`.
   * @throws {ClTorchError} OUTPUT_FAILED when the server cannot be reached or refuses, but for what `allowed` takes.
   */
  async call(
    endpoint: string,
    body: object | undefined,
    allowed: (refusal: Refusal) => boolean = () => false,
  ): Promise<unknown> {
    const { status, text } = await this.#request(endpoint, body);
    const answer = parsed(text);
    if (status >= 200 && status < 300 && answer !== undefined) return answer;
    const code = property(answer, 'error_code');
    if (allowed({ status, code })) return undefined;
    const said = property(answer, 'message') ?? `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
    throw this.#failure(`${endpoint} answered: ${String(said)}`, remedyFor(status, code));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #request(endpoint: string, body: object | undefined): Promise<{ status: number; text: string }> {
    const url = `${this.#base.href.replace(/\/$/, '')}/api/2.0/mlflow/${endpoint}`;
    try {
      const { statusCode, body: answer } = await request(url, {
        dispatcher: this.#agent,
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...this.#headers, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: this.#signal ?? null,
      });
      return { status: statusCode, text: await answer.text() };
    } catch (error) {
      this.#signal?.throwIfAborted();
      const reason = messageOf(error) || String(codeOf(error));
      throw this.#failure(reason, 'Start the server, or check the address', error);
    }
  }

  #failure(reason: string, remedy: string, cause?: unknown): ClTorchError {
    return new ClTorchError(
      'OUTPUT_FAILED',
      `Cannot send the sweep to MLflow at ${this.#base.href}: ${reason.replace(/\.$/, '')}. ${remedy}. What was sent is there; the same command goes on.`,
      { cause },
    );
  }
}

function authorization({ username, password }: URL): Record<string, string> {
  const { MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD } = process.env;
  if (username !== '') return basic(decodeURIComponent(username), decodeURIComponent(password));
  if (MLFLOW_TRACKING_TOKEN) return { authorization: `Bearer ${MLFLOW_TRACKING_TOKEN}` };
  return MLFLOW_TRACKING_USERNAME ? basic(MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD ?? '') : {};
}

function basic(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

function parsed(text: string): unknown {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}

function remedyFor(status: number, code: unknown): string {
  if (status === 401 || status === 403) {
    return 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN';
  }
  if (code === undefined) return 'Check that the address is that of an MLflow tracking server';
  return "See the server's log";
}

import type { IncomingMessage, ServerResponse } from 'node:http';

export interface SentRun {
  readonly name: string;
  status: string;
  readonly tags: Map<string, string>;
  readonly params: Map<string, string>;
  readonly metrics: { readonly key: string; readonly value: number; readonly step: number }[];
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

type Body = Record<string, unknown>;

/** What of MLflow's REST API 2.0 an export needs, in memory; refuses what the real one refuses. */
export class FakeMlflow {
  readonly experiments: string[] = [];
  readonly runs: SentRun[] = [];
  /** Runs in one page of a search. */
  page = 4;
  /** Endpoints in the order in which they were asked for. */
  readonly asked: string[] = [];

  /** For `serve`. */
  readonly answer = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const url = new URL(request.url ?? '', 'http://host');
      const endpoint = `${request.method} ${url.pathname.replace('/api/2.0/mlflow/', '')}`;
      this.asked.push(endpoint);
      const body: Body = text === '' ? Object.fromEntries(url.searchParams) : JSON.parse(text);
      const [status, answer] = this.#answer(endpoint, body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  };

  #answer(endpoint: string, body: Body): [number, object] {
    switch (endpoint) {
      case 'GET experiments/get-by-name':
        return this.#find(String(body.experiment_name));
      case 'POST experiments/create':
        if (this.experiments.includes(String(body.name)))
          return refusal('RESOURCE_ALREADY_EXISTS', 'it exists');
        return [200, { experiment_id: String(this.experiments.push(String(body.name)) - 1) }];
      case 'POST runs/search':
        return this.#search(body);
      case 'POST runs/create':
        return this.#create(body);
      case 'POST runs/log-batch':
        return this.#log(body);
      case 'POST runs/update':
        this.#run(body).status = String(body.status);
        return [200, { run_info: {} }];
      default:
        return [404, {}];
    }
  }

  #find(name: string): [number, object] {
    const id = this.experiments.indexOf(name);
    if (id < 0)
      return refusal('RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${name}'`, 404);
    return [200, { experiment: { experiment_id: String(id), name, lifecycle_stage: 'active' } }];
  }

  #search({ page_token = '0' }: Body): [number, object] {
    const start = Number(page_token);
    const runs = this.runs.slice(start, start + this.page).map((run, i) => ({
      info: { run_id: String(start + i), run_name: run.name, status: run.status },
      data: { tags: listed(run.tags), params: listed(run.params), metrics: latest(run.metrics) },
    }));
    const isLast = start + this.page >= this.runs.length;
    return [200, isLast ? { runs } : { runs, next_page_token: String(start + this.page) }];
  }

  #create({ run_name, tags, start_time }: Body): [number, object] {
    if (!Number.isInteger(start_time)) return refusal('INVALID_PARAMETER_VALUE', 'start_time');
    const run: SentRun = {
      name: String(run_name),
      status: 'RUNNING',
      tags: new Map((tags as Pair[]).map(({ key, value }) => [key, value])),
      params: new Map(),
      metrics: [],
    };
    return [200, { run: { info: { run_id: String(this.runs.push(run) - 1) } } }];
  }

  #log(body: Body): [number, object] {
    const {
      params = [],
      metrics = [],
      tags = [],
    } = body as {
      params?: Pair[];
      metrics?: SentRun['metrics'];
      tags?: Pair[];
    };
    const run = this.#run(body);
    if (metrics.length > 1000 || params.length > 100 || metrics.length + params.length + tags.length > 1000) {
      return refusal('INVALID_PARAMETER_VALUE', 'A batch logging request can contain at most 1000 entries');
    }
    for (const { key, value } of params) {
      if ((run.params.get(key) ?? value) !== value)
        return refusal('INVALID_PARAMETER_VALUE', `Changing param values is not allowed: ${key}`);
      run.params.set(key, value);
    }
    for (const { key, value } of tags) run.tags.set(key, value);
    run.metrics.push(...metrics.map(({ key, value, step }) => ({ key, value, step })));
    return [200, {}];
  }

  #run({ run_id }: Body): SentRun {
    const run = this.runs[Number(run_id)];
    if (run === undefined) throw new Error(`There is no run ${String(run_id)}.`);
    return run;
  }
}

function listed(values: ReadonlyMap<string, string>): Pair[] {
  return [...values].map(([key, value]) => ({ key, value }));
}

/** Of each metric the point of its last step. */
function latest(metrics: SentRun['metrics']): SentRun['metrics'] {
  const sorted = metrics.toSorted((a, b) => a.step - b.step);
  return [...new Map(sorted.map((metric) => [metric.key, metric])).values()];
}

function refusal(error_code: string, message: string, status = 400): [number, object] {
  return [status, { error_code, message }];
}

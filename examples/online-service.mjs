// An HTTP service that learns while it serves: what it is taught it knows at the next request, also after a restart.
// Usage: PORT=8080 INPUTS=2 MODEL=model.safetensors node examples/online-service.mjs
//
//   curl localhost:8080/learn -d '{"inputs": [[0, 1], [1, 0]], "labels": [0, 1]}'
//   curl localhost:8080/predict -d '{"inputs": [[0.1, 0.9]]}'
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { ClTorchError, ContinualLearner } from 'cl-torch';

const { PORT = '8080', INPUTS = '784', MODEL = 'model.safetensors' } = process.env;
const LARGEST_BODY = 10_000_000;

const learner = existsSync(MODEL)
  ? await ContinualLearner.load(MODEL)
  : await ContinualLearner.create({
      strategy: 'er', // what it was taught earlier is rehearsed with what is new
      inputs: Number(INPUTS),
      classes: 2, // and more as they come
      hidden: [64],
      batchSize: 16,
      rehearsal: 16,
      memorySelection: 'all',
    });

const routes = {
  'POST /learn': async ({ inputs, labels }) => {
    const { task, rows, classes, losses } = await learner.learn({ ...flat(inputs), labels }, { epochs: 30 });
    await learner.save(MODEL);
    return { task, rows, classes, loss: losses.at(-1) };
  },
  'POST /predict': async ({ inputs }) => {
    const { labels, probabilities, classes } = await learner.predict(flat(inputs));
    return Array.from(labels, (label, row) => ({ label, probability: probabilities[row * classes + label] }));
  },
  'GET /': async () => ({ tasks: learner.tasks, classes: learner.classes }),
};

/** Calls of the learner queue up by themselves, and training has a thread of its own: requests are answered meanwhile. */
const server = createServer(async (request, response) => {
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  try {
    const route = routes[`${request.method} ${request.url}`];
    if (!route) return answer(404, { error: `There is ${Object.keys(routes).join(', ')}.` });
    answer(200, await route(request.method === 'POST' ? await bodyOf(request) : {}));
  } catch (error) {
    const isTheirs = error instanceof SyntaxError || error.code === 'INVALID_ARGUMENT';
    if (!isTheirs) console.error(error);
    const message = isTheirs || error instanceof ClTorchError ? error.message : 'Something went wrong here.';
    answer(isTheirs ? 400 : 500, { error: message });
  }
});

server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}, ${learner.tasks} tasks learnt so far`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(() => learner.dispose());
    server.closeAllConnections();
  });
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > LARGEST_BODY) throw new SyntaxError(`More than ${LARGEST_BODY} characters at once.`);
  }
  return JSON.parse(text);
}

/** Rows of numbers as the learner takes them. */
function flat(rows) {
  if (!Array.isArray(rows))
    throw new SyntaxError('inputs must be an array of examples, each an array of numbers.');
  return { inputs: Float32Array.from(rows.flat()) };
}

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
      maxClasses: 1000, // a mistyped label must not make the network a thousand times as large
      hidden: [64],
      batchSize: 16,
      rehearsal: 16,
      memorySelection: 'all',
    });
const { inputs: width } = learner.config;

// The learner's calls wait for each other, and learning may take long. Questions are answered by a snapshot of it, with a
// thread of its own: by what was known before, until a task is learnt, and from then on by what is known then.
const snapshot = await learner.snapshot();

const routes = {
  'POST /learn': async ({ inputs, labels }) => {
    if (!Array.isArray(labels))
      throw new BadRequest('labels must be an array of whole numbers, one an example.');
    const examples = { inputs: flat(inputs), labels };
    const { task, rows, classes, losses } = await learner.learn(examples, { epochs: 30 });
    await learner.save(MODEL);
    return { task, rows, classes, loss: losses.at(-1) };
  },
  'POST /predict': async ({ inputs }) => {
    const { labels, probabilities, classes } = await snapshot.predict({ inputs: flat(inputs) });
    return Array.from(labels, (label, row) => ({ label, probability: probabilities[row * classes + label] }));
  },
  'GET /': async () => ({ tasks: snapshot.tasks, classes: snapshot.classes }),
};

/** Something in a request that its sender can mend. */
class BadRequest extends Error {}

const server = createServer(async (request, response) => {
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  try {
    const route = routes[`${request.method} ${request.url}`];
    if (!route) return answer(404, { error: `There is ${Object.keys(routes).join(', ')}.` });
    answer(200, await route(request.method === 'POST' ? await bodyOf(request) : {}));
  } catch (error) {
    if (request.socket.destroyed) return; // there is nobody left to answer
    const isTheirs = error instanceof BadRequest || error.code === 'INVALID_ARGUMENT';
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
    server.close(() => {
      snapshot.dispose();
      learner.dispose();
    });
    server.closeAllConnections();
  });
}

/** The object in a request's body. What is too much is read to its end, so that the sender gets to see the answer. */
async function bodyOf(request) {
  let text = '';
  let length = 0;
  for await (const chunk of request.setEncoding('utf8')) {
    length += chunk.length;
    if (length <= LARGEST_BODY) text += chunk;
  }
  if (length > LARGEST_BODY)
    throw new BadRequest(`The body has more than ${LARGEST_BODY} characters; send less at once.`);
  const body = parsed(text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new BadRequest('The body must be a JSON object such as {"inputs": [[0, 1]]}.');
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadRequest(`The body is no JSON: ${error.message}.`);
  }
}

/** Rows of numbers as the learner takes them. */
function flat(rows) {
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new BadRequest('inputs must be an array of one example or more, each an array of numbers.');
  }
  const numbers = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) {
    if (!Array.isArray(row) || row.length !== width || !row.every((value) => typeof value === 'number')) {
      const found = Array.isArray(row) ? `an array of ${row.length}` : JSON.stringify(row).slice(0, 40);
      throw new BadRequest(`inputs[${index}] must be an array of ${width} numbers, found ${found}.`);
    }
    numbers.set(row, index * width);
  }
  return numbers;
}

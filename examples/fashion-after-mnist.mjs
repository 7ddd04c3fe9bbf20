// Learns to read digits, then to tell clothes apart beside them, and tells what was forgotten.
// Usage: node examples/fashion-after-mnist.mjs [STRATEGY] [ROWS], such as `er 60000`
import { ContinualLearner, loadDataset } from 'cl-torch';

const [strategy = 'er', rows = '60000'] = process.argv.slice(2);

const tasks = [];
for (const [name, firstClass] of Object.entries({ mnist: 0, 'fashion-mnist': 10 })) {
  const { train, test } = await loadDataset(name);
  const examples = ({ images, labels }) => ({
    inputs: images.subarray(0, 784 * Number(rows)),
    labels: Array.from(labels.subarray(0, Number(rows)), (label) => firstClass + label),
  });
  tasks.push({ name, train: examples(train), test: examples(test) });
}

// Ten classes at first; ten more come with the clothes.
const learner = await ContinualLearner.create({ strategy, inputs: 784, classes: 10, hidden: [400, 400] });
for (const { name, train } of tasks) {
  const { seconds, classes } = await learner.learn(train, {
    epochs: 2,
    onEvent: (event) => {
      if (event.type === 'epoch')
        console.log(`${name}: epoch ${event.epoch + 1}, loss ${event.loss.toFixed(3)}`);
    },
  });
  console.log(
    `${name} learnt in ${seconds.toFixed(1)} s; ${classes} classes are known. Right on the test images:`,
  );
  for (const { name, test } of tasks.slice(0, learner.tasks)) {
    console.log(`  ${name.padEnd(13)} ${(await learner.evaluate(test)).accuracy.toFixed(2)} %`);
  }
}
learner.dispose();

import { beforeAll, describe, expect, test } from 'vitest';
import { loadNative } from '../../lib/session/native.js';
import { ALONE, emulate, type Printed, TOGETHER } from '../support/cuda-emulation.js';

const { runtimeInfo } = await loadNative();
/** A CUDA build has the real device's symbols. */
const isCudaBuild = runtimeInfo().cudaBuild !== null;
const skipped = isCudaBuild ? ' (skipped: a CUDA build is tested on a GPU, by test/gpu)' : '';

let printed: ReadonlyMap<string, Printed>;

// The CUDA engine and its kernels, compiled for a device that test/emulation acts out on the CPU: once, for all of them.
beforeAll(() => {
  if (!isCudaBuild) printed = emulate();
}, 600_000);

function result(name: string): Printed {
  const found = printed.get(name);
  if (found === undefined) throw new Error(`the emulation has no case '${name}'`);
  return found;
}

describe.skipIf(isCudaBuild)(
  `the CUDA engine on an emulated device does what autograd does${skipped}`,
  () => {
    test.each(ALONE)('%s', (name) => {
      const { steps, losses, parameters, traces, gradient, loss, correct, own, repeats } = result(name);
      expect(steps).toBeGreaterThan(30);
      expect(losses).toBeLessThan(1e-4);
      expect(parameters).toBeLessThan(1e-4);
      expect(traces).toBeLessThan(1e-4);
      expect(gradient).toBeLessThan(1e-4);
      expect(loss).toBeLessThan(1e-5);
      expect(correct[0]).toBe(correct[1]);
      expect(own[0]).toBe(own[1]);
      expect(repeats).toBe(true);
    });

    // A bfloat16 has 8 significant bits: 0.4 % a rounding.
    test.each(['bf16', 'bf16, no fused bias and ReLU', 'bf16, a mask, a path and a point'])(
      '%s, within its rounding',
      (name) => {
        const { losses, gradient, loss, correct, repeats } = result(name);
        expect(losses).toBeLessThan(0.01);
        expect(loss).toBeLessThan(0.01);
        expect(gradient).toBeLessThan(0.15);
        expect(Math.abs(correct[0] - correct[1])).toBeLessThan(20); // of 1000
        expect(repeats).toBe(true);
      },
    );
  },
);

describe.skipIf(isCudaBuild)(`outputs outside a loss's classes${skipped}`, () => {
  test.each(['masked classes', 'masked classes of a wide output'])(
    'get a gradient of exactly 0, do not move, and are never predicted: %s',
    (name) => {
      const { zero, kept, counts } = result(name);
      const [right, again, own, ownAgain, ofAll] = counts;
      expect(zero).toBe(true);
      expect(kept).toBe(true);
      expect(right).toBeGreaterThan(0);
      expect(again).toBe(right);
      expect(own).toBeGreaterThan(0);
      expect(ownAgain).toBe(own);
      expect(ofAll).toBe(0); // a prediction among all outputs takes the large one
    },
  );
});

test.skipIf(isCudaBuild)(
  `terms without strength change no bit, and what a mask keeps does not move${skipped}`,
  () => {
    expect(result('exact terms')).toMatchObject({ kept: true, repeats: true });
  },
);

test.skipIf(isCudaBuild)(
  `a cancelled epoch leaves parameters, step count and reported loss together${skipped}`,
  () => {
    const { code, steps, reported, loss, parameters } = result('cancel');
    expect(code).toBe('ABORTED');
    expect(steps).toBeGreaterThanOrEqual(reported);
    expect(steps).toBeLessThan(100);
    expect(loss).toBeLessThan(1e-4);
    expect(parameters).toBeLessThan(1e-5);
  },
);

test.skipIf(isCudaBuild)(`an epoch's order may be made before its time${skipped}`, () => {
  expect(result('prepared orders').kept).toBe(true);
});

describe.skipIf(isCudaBuild)(
  `a step of the autograd engine's graphs is the optimiser's own${skipped}`,
  () => {
    test.each([
      'adamw',
      'adamw, forgetful',
      'adam',
      'sgd',
      'sgd, without weight decay',
      'momentum',
      'nesterov',
    ])('%s', (name) => {
      const { steps, parameters, loss } = result(`eager update: ${name}`);
      expect(steps).toBe(6);
      expect(loss).toBe(5);
      expect(parameters).toBeLessThan(1e-6);
    });
  },
);

describe.skipIf(isCudaBuild)(
  `the autograd engine's plan on a GPU, where no step can be a graph, does what autograd does${skipped}`,
  () => {
    test.each([
      'a short last batch',
      'the penalty',
      'rehearsal',
      'inputs that are numbers',
      'adam',
      'momentum',
    ])('%s', (name) => {
      const { steps, losses, parameters, graphs } = result(`autograd graphs: ${name}`);
      expect(steps).toBeGreaterThan(40);
      expect(losses).toBeLessThan(1e-4);
      expect(parameters).toBeLessThan(1e-5);
      expect(graphs).toEqual([false]);
    });
  },
);

test.skipIf(isCudaBuild)(`the GEMMs alone can be timed, and change no parameter${skipped}`, () => {
  const { seconds, kept } = result('gemm alone');
  expect(seconds).toBeGreaterThan(0);
  expect(kept).toBe(true);
});

describe.skipIf(isCudaBuild)(
  `three models trained as one batch are each what autograd makes of it alone${skipped}`,
  () => {
    test.each(TOGETHER)('%s', (name) => {
      const { steps, losses, parameters, traces, repeats } = result(`group: ${name}`);
      expect(steps).toBeGreaterThan(10);
      expect(traces).toBeLessThan(1e-4);
      expect(losses).toBeLessThan(1e-4);
      expect(parameters).toBeLessThan(1e-4);
      expect(repeats).toBe(true);
    });

    test.each(['bf16', 'bf16, no fused bias and ReLU'])('%s, within its rounding', (name) => {
      const { losses, parameters, repeats } = result(`group: ${name}`);
      expect(losses).toBeLessThan(0.01);
      expect(parameters).toBeLessThan(0.05);
      expect(repeats).toBe(true);
    });

    test('one that is cancelled stops where its count of steps says; the others go on', () => {
      const { codes, steps, reported, parameters, others } = result('group: cancel');
      expect(codes).toEqual(['', 'ABORTED', '']);
      expect(steps).toBeGreaterThanOrEqual(reported);
      expect(steps).toBeLessThan(100);
      expect(parameters).toBeLessThan(1e-5);
      expect(others).toBeLessThan(1e-4);
    });
  },
);

describe.skipIf(isCudaBuild)(`a training that diverges${skipped}`, () => {
  test.each(['diverge: cuda', 'diverge: bf16', 'diverge: autograd'])(
    'counts nothing right, and ends its epoch: %s',
    (name) => {
      const { counts, steps, finite } = result(name);
      expect(counts[0]).toBeGreaterThan(0);
      expect(counts.slice(1)).toEqual([0, 0]);
      expect(finite).toBe(false);
      expect(steps).toBeLessThanOrEqual(32); // of 300; the device is a few groups of 8 steps ahead
    },
  );

  test('leaves the batch, and the others learn what they would without it', () => {
    const { code, steps, others } = result('group: diverge');
    expect(code).toBe('');
    expect(steps).toBeLessThanOrEqual(32); // of 100
    expect(others).toBeLessThan(1e-4);
  });
});

describe.skipIf(isCudaBuild)(`a call that fails${skipped}`, () => {
  test('for want of memory, whichever it is, leaves a session that trains on from the step it counts', () => {
    const { calls, told, byName, parameters, repeats } = result('refused calls');
    expect(calls).toBeGreaterThan(120);
    expect(told).toBeGreaterThan(90); // a graph that cannot be made ends nothing
    expect(byName).toBe(true);
    expect(parameters).toBeLessThan(1e-6);
    expect(repeats).toBe(true); // the next epoch, bit for bit what an engine learns to which nothing happened
  });

  test('in a training group leaves its models where they were; a session of another kind disturbs no other', () => {
    const { calls, codes, kept, parameters } = result('refused calls of a group');
    expect(calls).toBeGreaterThan(30);
    expect(codes).toEqual(['', '', 'INVALID_ARGUMENT']);
    expect(kept).toBe(true);
    expect(parameters).toBeLessThan(1e-6);
  });

  test.each(['refused products: has none', 'refused products: an error'])(
    'because cuBLASLt has no algorithm: a fused bias and ReLU is done without, all else is told: %s',
    (name) => {
      const { calls, told, byName, parameters } = result(name);
      expect(calls).toBe(10); // two batch sizes; forward, weights and inputs of two layers
      expect(told).toBe(8);
      expect(byName).toBe(true);
      expect(parameters).toBeLessThan(1e-6);
    },
  );

  test.each(['graphs: a capture that fails', 'graphs: switched off'])(
    '%s: the steps run one by one, to the same bits, and the epoch says so',
    (name) => {
      expect(result(name)).toMatchObject({ graphs: [true, false], repeats: true });
    },
  );

  test('a switch for graphs that is neither on nor off is rejected', () => {
    expect(result('graphs: neither on nor off').code).toBe('INVALID_ARGUMENT');
  });

  test('after which no CUDA call succeeds is a lost device', () => {
    expect(result('names of failures').codes).toEqual([
      'OUT_OF_MEMORY',
      'LIBTORCH',
      ...Array(5).fill('DEVICE_LOST'),
    ]);
  });
});

test.skipIf(isCudaBuild)(
  `tensors start on 512 bytes on a GPU, as PyTorch's, and on 64 on the CPU${skipped}`,
  () => {
    const { aligned, offsets } = result('layout');
    expect(aligned).toBe(true);
    expect(offsets).toEqual([314_000, 314_016, 314_032]);
  },
);

test.skipIf(isCudaBuild)(`the engine's streams and LibTorch's wait for each other${skipped}`, () => {
  expect(result('order with LibTorch').kept).toBe(true);
});

test.skipIf(isCudaBuild)(
  `the emulation ends a program that breaks the rules of captures and of streams${skipped}`,
  () => {
    expect(result('rules')).toMatchObject({ unheeded: [], steps: 8 });
  },
);

describe.skipIf(isCudaBuild)(`a training group of sessions${skipped}`, () => {
  test('goes on without a session that has gone and not said so', () => {
    expect(result('training group: give up a place').steps).toBe(2);
  });

  test('waits for the next session where its places are kept', () => {
    expect(result('training group: keep a place').kept).toBe(true);
  });

  test('takes no snapshot of the autograd engine, as it makes no model with it', () => {
    expect(result('training group: refuse a snapshot')).toMatchObject({
      code: 'INVALID_ARGUMENT',
      kept: true,
    });
  });

  test('trains together whoever is there, and goes on without one that has left', () => {
    expect(result('training group: meet').repeats).toBe(true);
  });

  test('lets a session that waits for another be cancelled, and the other train', () => {
    expect(result('training group: wait in vain')).toMatchObject({ code: 'ABORTED', steps: 2 });
  });

  test('tells every session of a failure', () => {
    expect(result('training group: fail').codes).toEqual(['OUT_OF_MEMORY', 'OUT_OF_MEMORY']);
  });
});

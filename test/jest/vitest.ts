/** What the tests import from Vitest, as Jest has it. */
export { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';

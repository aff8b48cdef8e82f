import { defineConfig } from 'vitest/config';

// The container tests: one file at a time, for they share two cores, one engine and the names of the base image.
export default defineConfig({
  test: {
    name: 'lab',
    include: ['test/**/*.lab.test.ts'],
    pool: 'threads',
    fileParallelism: false,
    // Of those in one file that say so: most of their time they wait for a container.
    maxConcurrency: 4,
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
    globalSetup: ['test/lab/setup.ts'],
    env: { NO_COLOR: '1', FORCE_COLOR: '0' },
  },
});

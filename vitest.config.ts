import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need a container engine or packages of the registries, and have configurations of their own.
    exclude: ['**/*.lab.test.ts', '**/*.proof.test.ts', '**/node_modules/**'],
    setupFiles: ['test/support/fixed-seed.ts'],
    // Processes, not threads: a child started by one thread holds open what another is just writing, and a program that is
    // open for writing cannot be started.
    pool: 'forks',
    isolate: false,
    // Both cores: most of the time goes to programs that the tests start.
    maxWorkers: '100%',
    // A guard against a hang, not a bound: tests that kill and recover keep both cores busy beside the others.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // The caller's own git settings and repository must not reach a test.
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', NO_COLOR: '1', FORCE_COLOR: '0' },
  },
});

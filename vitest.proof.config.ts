import { defineConfig } from 'vitest/config';

// The proofs of agent-sdk with the real packages, which are installed from the registries into a cache first.
export default defineConfig({
  test: {
    name: 'proof',
    include: ['test/**/*.proof.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    globalSetup: ['test/agent-sdk-proof/setup.ts'],
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', NO_COLOR: '1', FORCE_COLOR: '0' },
  },
});

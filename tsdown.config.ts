import { createRequire } from 'node:module';
import { defineConfig } from 'tsdown';

const require = createRequire(import.meta.url);

export default defineConfig([
  {
    // CommonJS, since only that can be loaded with the code that V8 made of it before: see bin/load.cjs.
    entry: {
      cli: 'src/cli.ts',
      index: 'src/index.ts',
      authoring: 'src/authoring.ts',
      testing: 'src/testing.ts',
      outside: 'src/host/outside/worker.ts',
    },
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    dts: false,
    sourcemap: false,
    clean: true,
    // A script that runs with code from before cannot `import()`; the packages outside are CommonJS.
    outputOptions: { dynamicImportInCjs: false },
    // Its ES module asks for Node's modules through `import()`, which a script of its own cannot.
    alias: { 'web-tree-sitter': require.resolve('web-tree-sitter') },
    // ts-morph stays outside: bundling TypeScript doubles the package and its lazy import costs nothing until used. zod is a
    // dependency for the types of an author's parameters; what runs is bundled, for that loads in half the time.
    deps: { neverBundle: ['ts-morph', 'jiti'], alwaysBundle: [/^zod/] },
  },
  {
    // What `import 'zod'` is for a migration that has none installed beside it. Apart, so that the chunks above keep only
    // what they use of it.
    entry: { zod: 'src/host/outside/zod.ts' },
    deps: { alwaysBundle: [/^zod/] },
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    dts: false,
    clean: false,
  },
  {
    entry: { index: 'src/index.ts', authoring: 'src/authoring.ts', testing: 'src/testing.ts' },
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    dts: { emitDtsOnly: true },
    clean: false,
    deps: { neverBundle: ['ts-morph'] },
  },
]);

import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: { cli: 'src/cli.ts', index: 'src/index.ts', authoring: 'src/authoring.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: true,
  sourcemap: false,
  // ts-morph stays outside: bundling TypeScript doubles the package and its lazy import costs nothing until used.
  deps: { neverBundle: ['ts-morph'] },
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import ts from 'typescript';
import { readSent, type Sent } from './sent.ts';

// The SDK reads the environment at each query, so that one process can run every program with a record of its own.
const RUNNER = `for (const name of process.argv.slice(2)) {
  process.env.REFIT_SENT = name + '.sent';
  await import(name);
}
`;

/** Runs each program beside the packages in `installed` and tells what the fake `claude` was sent by each. */
export async function runTypeScript(
  installed: string,
  programs: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, readonly Sent[]>>> {
  const place = mkdtempSync(join(installed, 'run-'));
  try {
    const names = Object.keys(programs);
    const paths = names.map((_, index) => join(place, `${index}.mjs`));
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    names.forEach((name, index) => {
      writeFileSync(paths[index] ?? '', ts.transpileModule(programs[name] ?? '', { compilerOptions }).outputText);
    });
    const runner = join(place, 'runner.mjs');
    writeFileSync(runner, RUNNER);
    // Neither a login nor settings of the machine may reach the SDK.
    const home = join(place, 'home');
    mkdirSync(home);
    const env = { PATH: process.env['PATH'] ?? '', HOME: home };
    const options = { cwd: place, env, extendEnv: false, timeout: 300_000, stdin: 'ignore', reject: false } as const;
    const result = await execa('node', [runner, ...paths], options);
    // The SDKs are a few lines of a million characters, which Node prints with an error.
    if (result.failed) throw new Error(`the programs ended with ${result.exitCode}: ${result.stderr.slice(-1_500)}`);
    return Object.fromEntries(names.map((name, index) => [name, readSent(`${paths[index]}.sent`)]));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

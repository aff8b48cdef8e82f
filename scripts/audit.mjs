// npm run audit: known holes in the packages of the lock file. Exit code 0: none; 1: some; 6: not run, for the registry
// in use does not offer it or could not be reached, which is no pass.
import { spawnSync } from 'node:child_process';

// `.npmrc` has audit=false, so that an install asks nobody.
const { stdout, error } = spawnSync('npm', ['audit', '--json', '--audit=true'], {
  encoding: 'utf8',
  maxBuffer: 1 << 28,
});
const answer = read(stdout);
const total = answer?.metadata?.vulnerabilities?.total;
if (typeof total !== 'number') {
  const why = error?.message ?? answer?.message ?? answer?.error?.summary ?? 'npm gave no answer';
  // The address of the registry is nobody's business in a log.
  console.log(
    `audit: not run (${String(why)
      .replace(/\s+/g, ' ')
      .replaceAll(/https?:\S+/g, 'the registry')})`,
  );
  process.exitCode = 6;
} else {
  for (const { name, severity, range } of Object.values(answer.vulnerabilities))
    console.log(`audit: ${severity}: ${name} ${range}`);
  console.log(`audit: ${total} known holes in ${answer.metadata.dependencies.total} packages`);
  process.exitCode = total === 0 ? 0 : 1;
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch (failure) {
    if (failure instanceof SyntaxError) return null;
    throw failure;
  }
}

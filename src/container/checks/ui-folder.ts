import { BASE_CONTRACT } from '../base-contract.ts';
import { type Bench, byHand } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { type Folder, folders } from '../folders.ts';
import { requirementLine } from '../source-lines.ts';

/** LiteLLM can write the folders that it changes at start. */
export const uiFolder: ContainerCheck = {
  id: 'R07-ui-folder',
  title: 'LiteLLM can write its UI and migrations folders as claude',
  severity: 'error',
  level: 'run',
  description:
    'At start LiteLLM rewrites the files of its UI inside its own package, and with a database it writes migrations. Packages that root installed ' +
    'belong to root: the server then stops with a PermissionError, or starts without its UI. Either the folders are handed over in the layer that makes ' +
    'them, or LITELLM_UI_PATH and LITELLM_MIGRATION_DIR point elsewhere.',
  run: async (bench) => {
    const { ui, migrations } = await folders(bench);
    if (ui === null) return { kind: 'cannot', why: 'litellm is not in the image' };
    return answerOf([
      ...judge(bench, ui, 'LITELLM_UI_PATH'),
      ...(migrations === null ? [] : judge(bench, migrations, 'LITELLM_MIGRATION_DIR')),
    ]);
  },
};

function judge(bench: Bench, { path, writable, closed }: Folder, variable: string): readonly ContainerFinding[] {
  if (bench.image.facts.env[variable] !== undefined || (writable && closed.length === 0)) return [];
  const shut = writable ? closed : [path];
  return [
    {
      message: `${BASE_CONTRACT.user} cannot write ${shut.join(', ')}`,
      expected: `${path} belongs to ${BASE_CONTRACT.user}, or ${variable} names another folder`,
      seen: 'it belongs to somebody else',
      subject: variable,
      ...installLine(bench),
      failureMode: 'FM-06',
      next: `chown -R ${BASE_CONTRACT.user}:${BASE_CONTRACT.user} on it in the RUN that installs litellm`,
      byHand: byHand(bench, { entrypoint: 'test', user: BASE_CONTRACT.user, command: ['-w', path] }),
    },
  ];
}

/** The RUN that installs LiteLLM, by a requirements file or by name: the folder is made there. */
function installLine(bench: Bench) {
  const install = bench.project.installs.at(-1);
  return install === undefined ? requirementLine(bench, 'litellm') : { path: bench.judged.path, line: install.line };
}

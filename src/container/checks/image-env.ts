import { sha256 } from '../../base/hash.ts';
import { findSecrets } from '../../base/secrets.ts';
import { BASE_CONTRACT } from '../base-contract.ts';
import { type Bench, dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { namesPort } from './start-command.ts';

const SECRET_NAME = /(?:TOKEN|KEY|PASSWORD|PASSWD|SECRET|CREDENTIALS?)$/i;
/** A name and a password in front of a host. */
const LOGIN_IN_URL = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s@]+@/i;

/** The environment of the image holds no secret, and leads to the base's Python and the right port. */
export const imageEnv: ContainerCheck = {
  id: 'I06-env',
  title: 'The environment of the image holds no secret and keeps the base’s PATH',
  severity: 'blocker',
  level: 'image',
  securitySeverity: 8.5,
  description:
    'Everyone who has the image reads its environment, and every container of it gets it: a key there is published. PATH has to lead to the virtual ' +
    'environment of the base first. And PORT, 3000 in the base, is what LiteLLM listens on unless its command says another. Values are never shown.',
  run: async (bench) => answerOf([...secrets(bench), ...path(bench), ...port(bench)]),
};

function secrets(bench: Bench): readonly ContainerFinding[] {
  const { image, base, session } = bench;
  return Object.entries(image.facts.env).flatMap(([name, value]) => {
    if (value === '' || base.facts.env[name] === value) return [];
    const named = SECRET_NAME.test(name) && !value.startsWith('/');
    if (!named && findSecrets(value).length === 0 && !LOGIN_IN_URL.test(value)) return [];
    return [
      {
        message: `the environment of the image holds a secret: ${name}`,
        expected: 'no value; it is given to the container when it starts',
        seen: `${name}, ${value.length} characters, #${sha256(value).slice(0, 8)}`,
        subject: name,
        ...envLine(bench, name),
        next: `take ${name} out of the Dockerfile, and revoke it where it was issued when the image has left this machine`,
        byHand: `${session.engine.program} image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' ${image.name} | cut -d= -f1`,
      },
    ];
  });
}

function path(bench: Bench): readonly ContainerFinding[] {
  const first = `${BASE_CONTRACT.venv}/bin`;
  const seen = bench.image.facts.env['PATH'] ?? '';
  // A base without it is drift of the base, named there.
  const fromBase = seen === bench.base.facts.env['PATH'];
  if (fromBase || seen.split(':')[0] === first) return [];
  return [
    {
      severity: 'error',
      message: 'PATH no longer leads to the virtual environment of the base first',
      expected: first,
      seen: seen === '' ? 'no PATH' : seen,
      subject: 'PATH',
      ...envLine(bench, 'PATH'),
      failureMode: 'FM-17',
      next: `put other folders behind: ENV PATH=${first}:$PATH`,
      byHand: showEnv(bench),
    },
  ];
}

function port(bench: Bench): readonly ContainerFinding[] {
  const seen = bench.image.facts.env['PORT'];
  if (seen !== BASE_CONTRACT.inheritedPort || namesPort(bench)) return [];
  return [
    {
      severity: 'error',
      message: `the server listens on ${seen}, the port that the base set`,
      expected: '--port 4000 in the command, or ENV PORT=4000',
      seen: `PORT=${seen} and no --port`,
      subject: 'PORT',
      ...envLine(bench, 'PORT'),
      failureMode: 'FM-13',
      next: 'add --port 4000 to CMD',
      byHand: showEnv(bench),
    },
  ];
}

function envLine(bench: Bench, name: string) {
  const found = bench.judged.stage.env.findLast((each) => each.name === name);
  return found === undefined ? dockerfileLine(bench, 'ENV') : { path: bench.judged.path, line: found.line };
}

function showEnv({ session, image }: Bench): string {
  return `${session.engine.program} image inspect --format '{{json .Config.Env}}' ${image.name}`;
}

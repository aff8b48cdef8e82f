import { OUTRANKING_NAMES } from '../../checks/environment-files.ts';
import { NEW_LOGIN, OLD_LOGIN } from '../../checks/project/compose-evidence.ts';
import type { Bench } from '../bench.ts';
import { composeLine, type ModelService, type ResolvedSet, resolvedSets, whyNoCompose } from '../compose-model.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';

/** What Compose makes of all files together says the same as each of them. */
export const composeResolved: ContainerCheck = {
  id: 'C02-model',
  title: 'What Compose makes of its files keeps login, token and health check',
  severity: 'error',
  level: 'image',
  description:
    'Files are merged, extended and filled in by Compose before anything starts. The result is judged: the login volume is where claude has it, no ' +
    'name that outranks the token is set, what the service waits for can become healthy, and its health check is not switched off or asked of a path ' +
    'that needs a key. Values are never shown.',
  run: async (bench) => {
    const why = whyNoCompose(bench);
    if (why !== null) return { kind: 'not-applicable', why };
    const sets = (await resolvedSets(bench)).filter(({ kind, providers }) => kind === 'resolved' && providers.size > 0);
    if (sets.length === 0) return { kind: 'not-applicable', why: 'no compose file that can be read runs the provider' };
    const seen = new Set<string>();
    const findings = sets
      .flatMap((set) => judgeSet(bench, set))
      .filter(({ path, line, message }) => {
        const place = `${path}:${line} ${message}`;
        return !seen.has(place) && seen.add(place);
      });
    return answerOf(findings);
  },
};

type Place = readonly [key: string, word?: string];
type Words = Omit<ContainerFinding, 'path' | 'line' | 'byHand'>;

function judgeSet(bench: Bench, set: ResolvedSet): readonly ContainerFinding[] {
  if (set.kind === 'refused') return [];
  const { services } = set.model;
  const files = set.files.map(({ path }) => `--file ${path}`).join(' ');
  const byHand = `${bench.session.engine.program} compose ${files} config --no-env-resolution --no-interpolate`;
  return [...set.providers].flatMap((name) => {
    const service = services[name];
    if (service === undefined) return [];
    return judgeService(service, services).map(([words, [key, word]]) => ({
      ...words,
      subject: `${name} ${words.subject ?? words.message}`,
      ...composeLine(set, name, key, word),
      byHand,
    }));
  });
}

function judgeService(
  service: ModelService,
  services: Readonly<Record<string, ModelService>>,
): readonly (readonly [Words, Place])[] {
  return [...judgeMounts(service), ...judgeNames(service), ...judgeWaits(service, services), ...judgeHealth(service)];
}

function judgeMounts({ volumes }: ModelService): readonly (readonly [Words, Place])[] {
  return (volumes ?? [])
    .filter(({ target }) => target.replace(/(?<=.)\/+$/, '') === OLD_LOGIN)
    .map(({ target }) => [
      {
        message: 'the login is kept where the user claude never looks',
        expected: NEW_LOGIN,
        seen: target,
        failureMode: 'FM-10',
        next: `change the target to ${NEW_LOGIN}`,
      },
      ['volumes', target],
    ]);
}

function judgeNames({ environment }: ModelService): readonly (readonly [Words, Place])[] {
  return Object.entries(environment ?? {})
    .filter(([name, value]) => OUTRANKING_NAMES.has(name) && value !== null)
    .map(([name]) => [
      {
        message: `${name} is set for the container and outranks the OAuth token`,
        expected: `no ${name}; an empty value counts as one`,
        seen: name,
        subject: name,
        failureMode: 'FM-20',
        next: `take ${name} out of environment: and of the env_file`,
      },
      ['environment', name],
    ]);
}

function judgeWaits(
  { depends_on: waits }: ModelService,
  services: Readonly<Record<string, ModelService>>,
): readonly (readonly [Words, Place])[] {
  return Object.entries(waits ?? {}).flatMap(([name, { condition }]) => {
    const off = services[name] !== undefined && isOff(services[name]);
    if (condition !== 'service_healthy' || !off) return [];
    const words: Words = {
      message: `the service waits for ${name} to become healthy, and its health check is switched off`,
      expected: `a health check of ${name}, or condition: service_started`,
      seen: 'disabled',
      subject: name,
      next: `give ${name} a healthcheck:`,
    };
    return [[words, ['depends_on', name]] as const];
  });
}

function judgeHealth(service: ModelService): readonly (readonly [Words, Place])[] {
  if (isOff(service)) {
    const words: Words = {
      message: 'the health check of the image is switched off',
      expected: 'the health check of the image',
      seen: 'disabled',
      next: 'take healthcheck: out of the service',
    };
    return [[words, ['healthcheck']]];
  }
  const test = (service.healthcheck?.test ?? []).join(' ');
  const path = /\/health(?![\w/-])/.exec(test);
  if (path === null) return [];
  const words: Words = {
    message: 'the health check asks /health, which needs a key and calls every model',
    expected: '/health/liveliness',
    seen: '/health',
    failureMode: 'FM-02',
    next: 'take healthcheck: out of the service: the image has one',
  };
  return [[words, ['healthcheck', '/health']]];
}

function isOff({ healthcheck }: ModelService): boolean {
  return healthcheck?.disable === true || healthcheck?.test?.[0] === 'NONE';
}

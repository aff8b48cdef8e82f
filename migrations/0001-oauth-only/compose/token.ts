import {
  basesOf,
  type ComposeEnvFile,
  type ComposePlace,
  type ComposeProject,
  isBeside,
  NEW_LOGIN,
  otherPlaces,
  providerPlaces,
} from '../../../src/authoring.ts';

export const TOKEN = 'CLAUDE_CODE_OAUTH_TOKEN';
// Compose fills this in from the shell or from `.env`; empty when neither has it.
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Compose
export const TOKEN_VALUE = '${CLAUDE_CODE_OAUTH_TOKEN:-}';

/**
 * What becomes of the token at a service. `elsewhere`: it loads an env file that Compose does not interpolate from, so a
 * line in `environment` would put an empty value over the user's.
 */
export type TokenPlan =
  | { readonly kind: 'add'; readonly supplied: boolean }
  | { readonly kind: 'elsewhere'; readonly envFile: ComposeEnvFile; readonly place: ComposePlace }
  | { readonly kind: 'none' };

/** Decides about the token line of one provider service. `moved`: its login mount changes in this run. */
export function planToken(place: ComposePlace, project: ComposeProject, moved: boolean, oldImage: boolean): TokenPlan {
  if (!definesService(place, project)) return { kind: 'none' };
  const parts = partsOf(place, project);
  // A service that extends this one takes its environment over, above env files of its own.
  const envFiles = [...parts, ...extendersOf(place, project)].flatMap((part) =>
    part.service.envFiles.map((envFile) => ({ envFile, place: part })),
  );
  const supplied = envFiles.length > 0 && envFiles.every(({ envFile }) => isDotEnv(envFile));
  const settled = supplied && parts.some(({ service }) => mountsNewLogin(service));
  const wanted = moved || (oldImage && place.service.build !== null && !settled);
  const present = parts.some(({ service }) => service.environment.some(({ name }) => name === TOKEN));
  if (!wanted || present) return { kind: 'none' };
  const other = envFiles.find(({ envFile }) => !isDotEnv(envFile));
  return other === undefined ? { kind: 'add', supplied } : { kind: 'elsewhere', ...other };
}

function mountsNewLogin({ mounts }: ComposePlace['service']): boolean {
  return mounts.some(({ target }) => target.text.replace(/\/+$/, '') === NEW_LOGIN);
}

/** The services that take over what this one says. */
export function extendersOf(place: ComposePlace, project: ComposeProject): readonly ComposePlace[] {
  return [...otherPlaces(project), ...providerPlaces(project)].filter((other) =>
    basesOf(other, project.files).some(({ service }) => service === place.service),
  );
}

/** Exactly the file that Compose also interpolates from. */
function isDotEnv({ path }: ComposeEnvFile): boolean {
  return /^(?:\.\/)*\.env$/.test(path.text);
}

/** Whether the token belongs to this definition of the service, and not to one that it is merged over or extends. */
function definesService(place: ComposePlace, project: ComposeProject): boolean {
  const { file, service } = place;
  if (service.build === null && service.image === null) return false;
  const bases = basesOf(place, project.files);
  if (bases.some((base) => base.service.build !== null || base.service.image !== null)) return false;
  if (file.role === 'base') return true;
  const inBase = baseTwins(place, project).some((twin) => twin.service.build !== null || twin.service.image !== null);
  return !inBase || isStandalone(place);
}

/** A file beside the base one that publishes the service itself is run in its place rather than over it. */
function isStandalone({ file, service }: ComposePlace): boolean {
  return !file.path.includes('.override.') && service.ports.length > 0;
}

/** The same service in the base file of the folder. */
function baseTwins({ file, service }: ComposePlace, project: ComposeProject): readonly ComposePlace[] {
  return providerPlaces(project).filter(
    (other) =>
      other.file !== file &&
      isBeside(other.file, file) &&
      other.file.role === 'base' &&
      other.service.name === service.name,
  );
}

/**
 * All that Compose puts together for a service: its definition in every document of the file, what it is merged with
 * unasked, and what these extend.
 */
function partsOf(place: ComposePlace, project: ComposeProject): readonly ComposePlace[] {
  const { file, service } = place;
  const merged = project.files.filter((other) => {
    if (other === file) return true;
    if (!isBeside(other, file)) return false;
    return file.role === 'base' ? other.role === 'override' : other.role === 'base' && !isStandalone(place);
  });
  return merged
    .flatMap((other) => other.compose.services.map((twin): ComposePlace => ({ file: other, service: twin })))
    .filter((twin) => twin.service.name === service.name)
    .flatMap((part) => [part, ...basesOf(part, project.files)]);
}

import {
  type ComposeMount,
  type ComposePlace,
  type ComposeProject,
  type ComposeService,
  NEW_LOGIN,
  type Note,
  OLD_LOGIN,
  otherPlaces,
  parentOf,
  providerPlaces,
} from '../../../src/authoring.ts';
import type { OldHome } from '../old-dockerfile.ts';
import { asText } from './started-files.ts';

/** A mount of the old login that the run moves. */
export interface MovedMount {
  readonly place: ComposePlace;
  readonly mount: ComposeMount;
}

/** What a person should know about mounts that stay as they are: beside the login, and of other services. */
export function mountNotes(project: ComposeProject, moved: readonly MovedMount[]): readonly Note[] {
  const beside = providerPlaces(project).flatMap(({ file, service }) =>
    service.mounts
      .filter((mount) => isUnderOldHome(mount) && !moved.some((one) => one.mount === mount))
      .map(
        (mount): Note => ({
          severity: 'warning',
          path: file.path,
          line: mount.line,
          message: `${service.name} mounts ${mount.target.text}: the new image runs as claude, whose home is /home/claude, and ${pathOf(mount).startsWith('/root') ? 'cannot read /root' : 'looks nowhere else'}; left as it is`,
        }),
      ),
  );
  const sources = new Set(moved.map(({ mount }) => mount.source?.text));
  const shared = otherPlaces(project).flatMap(({ file, service }) =>
    service.mounts
      .filter(({ source }) => source !== null && sources.has(source.text))
      .map(
        (mount): Note => ({
          severity: 'warning',
          path: file.path,
          line: mount.line,
          message: `${service.name} also mounts ${mount.source?.text}, whose files will belong to claude (uid 1001); left as it is`,
        }),
      ),
  );
  const maybe = otherPlaces(project).filter(
    ({ service: { build, ports } }) => build !== null || ports.some(({ target }) => target === '4000'),
  );
  const alike = maybe.flatMap(({ file, service }) =>
    service.mounts
      .filter((mount) => pathOf(mount) === OLD_LOGIN && !(mount.source !== null && sources.has(mount.source.text)))
      .map(
        (mount): Note => ({
          severity: 'warning',
          path: file.path,
          line: mount.line,
          message: `${service.name} mounts ${OLD_LOGIN} and is not known to run the new image; if it does, the target is ${NEW_LOGIN}; left as it is`,
        }),
      ),
  );
  return [...beside, ...shared, ...alike];
}

/** In the home of root, or the login in the home of any other user than `claude`. */
function isUnderOldHome(mount: ComposeMount): boolean {
  const path = pathOf(mount);
  if (/^\/home\/(?!claude\/)[^/]+\/\.claude(?:\.json)?$/.test(path)) return true;
  return path === '/root' || (path.startsWith('/root/') && path !== OLD_LOGIN);
}

const pathOf = ({ target }: ComposeMount): string => (target.resolved ?? target.text).replace(/\/+$/, '');

const ROLES = ['base', 'override', 'other'];

/** How a login written by root is repaired, once for each volume of a folder, and what a folder of the host needs. */
export function ownershipNotes(moved: readonly MovedMount[], home: OldHome): readonly Note[] {
  const seen = new Set<string>();
  const byRole = [...moved].sort((a, b) => ROLES.indexOf(a.place.file.role) - ROLES.indexOf(b.place.file.role));
  return byRole.flatMap(({ place, mount }): readonly Note[] => {
    const source = mount.source?.text;
    const at = { path: place.file.path, line: mount.line };
    // The files of one folder are one project, in which a volume of a name is one volume.
    const volume = `${parentOf(place.file.path) ?? ''}\n${source}`;
    if (source === undefined || seen.has(volume)) return [];
    seen.add(volume);
    if (mount.type === 'bind') {
      const message = `${source} of the host must be writable for uid 1001, the user claude of the new image; a named volume avoids that`;
      return [{ ...at, severity: 'warning', message }];
    }
    const message = `a volume ${source} written by the old image belongs to ${pathOf(mount) === home.login ? home.owner : 'root'} and stops the new one at every start; once: ${repairCommand(place)}`;
    return [{ ...at, severity: 'info', message }];
  });
}

/** `docker compose`, told of the file unless it loads that by itself from where it is run. */
export function composeCommand({ file }: ComposePlace, loads: boolean): string {
  return file.role === 'other' || !loads ? `docker compose -f ${file.path}` : 'docker compose';
}

function repairCommand(place: ComposePlace): string {
  const { service } = place;
  return `${composeCommand(place, true)} run --rm --user root --entrypoint chown ${service.name} -R claude:claude ${NEW_LOGIN}`;
}

const NO_CURL =
  'healthcheck calls a program that the new image may not have; without these lines the health check of the image is used';

/** Keys of a provider service that overrule what the new image brings. */
export function overrulingNotes({ file, service }: ComposePlace): readonly Note[] {
  const found: Note[] = [];
  const warn = (line: number, message: string, severity: Note['severity'] = 'warning'): void => {
    found.push({ severity, path: file.path, line, message: `${service.name}: ${message}; left as it is` });
  };
  const { user, command, entrypoint, healthcheck, build } = service;
  if (user !== null && /^(?:root|0)(?::|$)/.test(user.text))
    warn(user.line, `user ${user.text} overrules the user claude of the new image`);
  if (entrypoint !== null) warn(entrypoint.line, 'entrypoint overrules that of the new image, which sets the login up');
  if (command !== null && startsOldServer(command.words))
    warn(command.line, 'command starts a file that the old image was started with');
  if (healthcheck !== null && usesCurl(healthcheck)) warn(healthcheck.test?.line ?? healthcheck.line, NO_CURL, 'todo');
  if (build?.target) warn(build.target.line, `build target ${build.target.text} is no stage of the new Dockerfile`);
  return found;
}

function startsOldServer(words: string | readonly string[]): boolean {
  return /\b(?:entrypoint\.sh|startup\.py)\b|\s-m startup(?=[\s"']|$)/.test(asText(words));
}

function usesCurl({ test }: NonNullable<ComposeService['healthcheck']>): boolean {
  return /\b(?:curl|wget)\b/.test(asText(test?.words ?? ''));
}

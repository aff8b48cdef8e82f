/** What is known about a container engine, asked once. */
export interface Engine {
  readonly kind: 'docker' | 'podman';
  /** The program that is called, as found on PATH or as given. */
  readonly program: string;
  readonly clientVersion: string;
  readonly serverVersion: string;
  readonly apiVersion: string;
  readonly builder: 'buildkit' | 'legacy' | 'buildah';
  /** Version of the compose plug-in, or null when there is none. */
  readonly composeVersion: string | null;
  readonly rootless: boolean;
  readonly storageDriver: string;
  /** As the engine names it: `x86_64`, `amd64`, `aarch64`, … */
  readonly architecture: string;
  /** Whether the engine can hold a container to these limits; a limit it lacks is not asked for. */
  readonly limits: { readonly memory: boolean; readonly pids: boolean };
  /** Where the client finds the engine: `unix:///…`, `tcp://…`, `ssh://…`; empty when the client does not say. */
  readonly endpoint: string;
}

/** One line for reports: `docker 28.2.2 → 20.10.24 (API 1.41), legacy builder, no compose, overlay2`. */
export function describeEngine(engine: Engine): string {
  const versions =
    engine.clientVersion === engine.serverVersion
      ? engine.serverVersion
      : `${engine.clientVersion} → ${engine.serverVersion}`;
  return [
    `${engine.kind} ${versions} (API ${engine.apiVersion})`,
    engine.builder === 'buildkit' ? 'BuildKit' : engine.builder === 'legacy' ? 'legacy builder' : 'buildah',
    engine.composeVersion === null ? 'no compose' : `compose ${engine.composeVersion}`,
    engine.storageDriver,
    ...(engine.rootless ? ['rootless'] : []),
  ].join(', ');
}

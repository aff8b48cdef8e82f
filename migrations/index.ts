import type { Migration } from '../src/authoring.ts';

interface RegistryEntry {
  readonly id: string;
  /** Folder below migrations/, where its templates lie. */
  readonly folder: string;
  load(): Promise<Migration>;
}

/** The bundled migrations, in order; each is loaded when asked for. */
export const MIGRATIONS: readonly RegistryEntry[] = [
  {
    id: 'oauth-only',
    folder: '0001-oauth-only',
    load: async () => (await import('./0001-oauth-only/migration.ts')).oauthOnly as Migration,
  },
  {
    id: 'agent-sdk',
    folder: '0002-agent-sdk',
    load: async () => (await import('./0002-agent-sdk/migration.ts')).agentSdk as Migration,
  },
];

/** How the published base looked at two times; everything else about it is the same in both. */
export interface BaseShape {
  readonly name: 'july-2025' | 'february-2026';
  /** Debian packages beyond those of every shape. */
  readonly debianPackages: readonly string[];
  readonly pythonSdk: string;
  /** The `claude` command: a JavaScript package that is installed, or one that holds a native binary. */
  readonly cli: { readonly kind: 'javascript' | 'native'; readonly version: string };
  /** A folder of the user that stands on PATH and holds a link to the command, or empty. */
  readonly localBin: string;
}

export const SHAPES: Readonly<Record<BaseShape['name'], BaseShape>> = {
  'july-2025': {
    name: 'july-2025',
    debianPackages: [],
    pythonSdk: 'claude-code-sdk==0.0.25',
    cli: { kind: 'javascript', version: '1.0.64' },
    localBin: '',
  },
  'february-2026': {
    name: 'february-2026',
    debianPackages: ['curl'],
    pythonSdk: 'claude-agent-sdk==0.1.39',
    cli: { kind: 'native', version: '2.1.330' },
    localBin: '/home/claude/.local/bin',
  },
};

/** In every shape. */
export const DEBIAN_PACKAGES: readonly string[] = ['ca-certificates', 'git', 'procps', 'python3', 'python3-venv'];
export const NODE_VERSION = '22.23.3';
export const NPM_VERSION = '10.9.9';

/** Names under which the base is known in the world. */
export const REAL_NAMES: readonly string[] = [
  'ghcr.io/cabinlab/claude-code-sdk:python',
  'ghcr.io/cabinlab/claude-code-sdk-docker:python',
];

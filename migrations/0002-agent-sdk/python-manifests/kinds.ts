import { nameOf, type RepoPath } from '../../../src/authoring.ts';
import { moveIni } from './ini.ts';
import type { ManifestMove, ManifestText } from './model.ts';
import { moveRequirements } from './requirements.ts';
import { moveScriptHeader } from './script-header.ts';
import { moveCommands } from './shell.ts';
import { moveToml } from './toml.ts';
import { moveYaml } from './yaml.ts';

/** How a file names packages, and whether it answers for the code beside it or is run for the whole checkout. */
export interface ManifestKind {
  readonly move: (manifest: ManifestText) => ManifestMove;
  readonly isProject: boolean;
}

const LOCK = /(?:^|\/)(?:[^/]*\.lock|conda-lock\.ya?ml|pdm\.lock|package-lock\.json|pnpm-lock\.yaml)$/;
const REQUIREMENTS =
  /(?:^|\/)(?:[^/]*(?:requirements|constraints|requires|deps|dependencies)[^/]*\.(?:txt|in|pip)|(?:requirements|constraints|reqs?)\/[^/]+\.(?:txt|in))$/i;
const TOML =
  /(?:^|\/)(?:pyproject\.toml|Pipfile|pixi\.toml|uv\.toml|\.?ruff\.toml|mypy\.toml|tox\.toml|pdm\.toml|hatch\.toml)$/;
const INI =
  /(?:^|\/)(?:setup\.cfg|tox\.ini|\.?mypy\.ini|\.isort\.cfg|pytest\.ini|\.?pylintrc|\.flake8|\.importlinter)$/;
const COMMANDS =
  /(?:^|\/)(?:[^/]*(?:Dockerfile|Containerfile)[^/]*|GNUmakefile|[Mm]akefile|[Jj]ustfile|\.justfile|Procfile|Jenkinsfile|Vagrantfile|Earthfile|\.envrc|Taskfile\.ya?ml)$|\.(?:sh|bash|zsh|ps1|bat|cmd|mk|just|dockerfile|ya?ml)$/;

/** The kinds that a file is of; several for one that holds both lists and commands. */
export function kindsOf(path: RepoPath): readonly ManifestKind[] {
  if (LOCK.test(path)) return [];
  if (REQUIREMENTS.test(path)) return [{ move: moveRequirements, isProject: true }];
  if (TOML.test(path)) return [{ move: moveToml, isProject: true }];
  if (INI.test(path))
    return [
      { move: moveIni, isProject: true },
      { move: moveCommands, isProject: false },
    ];
  if (path.endsWith('.py')) return [{ move: moveScriptHeader, isProject: false }];
  const isEnvironment = /(?:^|\/)(?:[^/]*(?:environment|conda|env)[^/]*|\.pre-commit-config)\.ya?ml$/i.test(path);
  if (isEnvironment) return [{ move: moveYaml, isProject: !nameOf(path).startsWith('.') }];
  return COMMANDS.test(path) ? [{ move: moveCommands, isProject: false }] : [];
}

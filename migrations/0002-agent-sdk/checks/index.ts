import type { Check } from '../../../src/authoring.ts';
import { cliInstalled } from './cli-installed.ts';
import { knownBadRange } from './known-bad-range.ts';
import { manifestsAgree } from './manifests-agree.ts';
import { mocksMatch } from './mocks-match.ts';
import { oldModule } from './old-module.ts';
import { oldOption } from './old-option.ts';

/** What must hold once the migration is done, sorted by id. */
export const AGENT_SDK_CHECKS = [
  oldModule,
  oldOption,
  mocksMatch,
  manifestsAgree,
  cliInstalled,
  knownBadRange,
] as readonly Check[];

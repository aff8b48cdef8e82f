/** What the tests of a migration are written with: plans in memory, and the checks that every fixture has to pass. */
export type { CheckResult, Finding } from './checks/define.ts';
export { checkFiles } from './testing/check-files.ts';
export { type FixtureOptions, type FixtureTest, fixtureTests } from './testing/fixture-tests.ts';
export { type PlanFilesOptions, type PlannedFiles, planFiles, type Templates } from './testing/plan-files.ts';
export type { ChangeContent, FileChange } from './tree/changes.ts';
export { type MemoryFiles, memorySource } from './tree/memory-source.ts';

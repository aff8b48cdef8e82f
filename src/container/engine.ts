/**
 * The container engine, docker or podman, driven through its command line with argument arrays and JSON formats. What
 * is created carries the labels of a session and is removed by them; nothing else of the user's is touched.
 */
export { type BuildResult, type BuildSpec, buildImage } from './engine/build.ts';
export { type BuildFailure, explainBuildFailure } from './engine/build-failure.ts';
export {
  askEngine,
  type CallOptions,
  callEngine,
  commandLine,
  lastLines,
  plainText,
} from './engine/call.ts';
export {
  type ContainerEnd,
  connectNetwork,
  createContainer,
  createInternalNetwork,
  createNetwork,
  createVolume,
  execInContainer,
  type RunLimits,
  removeContainer,
  runToEnd,
  startContainer,
  stopContainer,
} from './engine/container.ts';
export type { ContainerSpec, Mount } from './engine/container-spec.ts';
export {
  type ContainerState,
  containerLog,
  type HealthOutcome,
  type HealthRun,
  inspectContainer,
  waitForHealth,
} from './engine/container-state.ts';
export { detectEngine, type EngineDetection } from './engine/detect.ts';
export { describeEngine, type Engine } from './engine/facts.ts';
export { type ContainerFile, listContainerFiles, readContainerPath } from './engine/files.ts';
export {
  type HistoryEntry,
  type ImageFacts,
  type ImageHealthcheck,
  imageHistory,
  inspectImage,
  offeredPlatforms,
  pullImage,
  tagImage,
} from './engine/image.ts';
export { OWNER_LABEL, RUN_LABEL } from './engine/owner.ts';
export {
  closeSession,
  type Leftovers,
  listResources,
  openSession,
  type Resources,
  type Session,
  type SessionOptions,
  sweepDeadRuns,
} from './engine/session.ts';
export type { TarEntry } from './engine/tar.ts';

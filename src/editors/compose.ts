export { removeEnv, setEnv, type VariableTarget } from './compose/environment.ts';
export type {
  ComposeBuild,
  ComposeCommand,
  ComposeEnvFile,
  ComposeExtends,
  ComposeFile,
  ComposeHealthcheck,
  ComposeMount,
  ComposePort,
  ComposeResult,
  ComposeService,
  ComposeText,
  ComposeVariable,
  ComposeVolume,
} from './compose/model.ts';
export { addMount, changeMountTarget, type MountTargetChange, removeMount } from './compose/mounts.ts';
export { readCompose } from './compose/read.ts';
export { removeServiceKey, type ServiceKeyTarget, setServiceKey } from './compose/service-keys.ts';
export type { YamlInput } from './yaml/write.ts';

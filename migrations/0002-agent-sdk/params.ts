import { z } from 'zod';

const range = z
  .string()
  .regex(/^[\^~<>=]{0,2}\d[\w.+-]*(?: [<>=]{1,2}\d[\w.+-]*)?$/, 'a version range such as ^0.1.77 or >=0.1.60 <0.2.0');

const pythonRange = z
  .string()
  .regex(
    /^(?:[<>=!~^]{1,3}\s*\d[\w.*+!-]*)(?:,\s*[<>=!~]{1,3}\s*\d[\w.*+!-]*)*$/,
    'a version range such as >=0.1.60 or ~=0.1.60',
  );

export const agentSdkParams = z.strictObject({
  npmRange: range
    .optional()
    .describe('range of @anthropic-ai/claude-agent-sdk; by default what the zod of the package allows'),
  pythonRange: pythonRange
    .optional()
    .describe('range of claude-agent-sdk for Python; by default at least 0.1.60, in the way of the old range'),
});

export type AgentSdkParams = z.infer<typeof agentSdkParams>;

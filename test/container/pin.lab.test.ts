import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgedDockerfile, readProject } from '../../src/checks/project.ts';
import { callEngine, inspectImage } from '../../src/container/engine.ts';
import { pinBase } from '../../src/container/pin.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { describeLab } from '../lab/lab.ts';
import { type OneImageRegistry, oneImageRegistry } from '../lab/registry.ts';

function judgedOf(image: string) {
  const tree = openTree(memorySource({ Dockerfile: `ARG BASE=${image}\nFROM \${BASE}\nUSER claude\n` }));
  const judged = judgedDockerfile(readProject(tree, {}));
  if (judged.kind === 'skip') throw new Error(judged.why);
  return judged;
}

describeLab('the digest of the base', (lab) => {
  let registry: OneImageRegistry;
  let name = '';
  beforeAll(async () => {
    registry = await oneImageRegistry();
    name = `${registry.host}/cabinlab/claude-code-sdk-docker:python`;
  });
  afterAll(async () => {
    registry.close();
    await callEngine(lab.engine, ['rmi', name]);
  });

  test('of an image that is fetched from a registry', async () => {
    const lines: string[] = [];
    const pin = await pinBase(lab.session, judgedOf(name), undefined, (line) => lines.push(line));
    expect(lines).toEqual([`fetching ${name}`]);
    expect(pin).toEqual({
      kind: 'line',
      path: 'Dockerfile',
      line: 1,
      before: `ARG BASE=${name}`,
      after: `ARG BASE=${name}@${registry.digest}`,
      image: name,
      digest: registry.digest,
    });
    // The pinned name is one that the engine finds.
    expect(await inspectImage(lab.engine, `${name}@${registry.digest}`)).toMatchObject({ user: 'claude' });
  });

  test('of an image that was built here: none', async () => {
    const { shape } = await lab.base('july-2025');
    const image = `refit-lab/base:${shape}`;
    expect(await pinBase(lab.session, judgedOf(image), undefined, () => undefined)).toMatchObject({
      kind: 'no-digest',
      reason: `${image} has no digest in this engine: it was built or loaded here, not fetched from a registry`,
    });
  });
});

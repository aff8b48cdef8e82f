import { describe, expect, it } from 'vitest';
import { userFinal } from '../../../src/checks/static/user-final.ts';
import { userNumeric } from '../../../src/checks/static/user-numeric.ts';
import { told } from '../../support/judge.ts';
import { compose, onBase } from './container-tree.ts';

describe('S03-user-final', () => {
  it.each([[[]], [['USER root', 'USER claude']], [['USER root', 'USER 1001:1001']]])('takes %j', async (lines) => {
    expect(await told(userFinal, onBase(lines))).toEqual([]);
  });
  it.each([
    [['USER root'], 2],
    [['USER claude', 'RUN true', 'USER 0:0'], 4],
  ])('stops %j', async (lines, line) => {
    expect(await told(userFinal, onBase(lines))).toEqual([`error Dockerfile:${line} the container runs as root`]);
  });
  it('sees a loaded compose file that makes it root again, and no other', async () => {
    const yaml = compose('user: root');
    expect(await told(userFinal, onBase([], { 'compose.yaml': yaml }))).toEqual([
      'error compose.yaml:4 the container runs as root',
    ]);
    expect(await told(userFinal, onBase([], { 'compose.debug.yaml': yaml }))).toEqual([]);
  });
});

describe('S04-user-numeric', () => {
  it('wants numbers, and leaves root to its own check', async () => {
    expect(await told(userNumeric, onBase(['USER 1001:1001']))).toEqual([]);
    expect(await told(userNumeric, onBase(['USER root']))).toEqual([]);
    const message = 'the user of the image is a name, which Kubernetes cannot tell from root';
    expect(await told(userNumeric, onBase(['USER claude']))).toEqual([`info Dockerfile:2 ${message}`]);
    expect(await told(userNumeric, onBase([]))).toEqual([`info Dockerfile:1 ${message}`]);
  });
});

import { describe, expect, it } from 'vitest';
import { findDockerfile } from '../../../src/checks/project/find-dockerfile.ts';
import { type MemoryFiles, memorySource } from '../../../src/tree/memory-source.ts';
import { openTree } from '../../../src/tree/memory-tree.ts';

const OLD = 'FROM python:3.11-slim\nCOPY startup.py /app/\nCMD ["python", "/app/startup.py"]\n';
const OTHER = 'FROM nginx:1\nCOPY site /usr/share/nginx/html\n';
const NEW = 'FROM ghcr.io/cabinlab/claude-code-sdk:python\n';
const find = (files: MemoryFiles) => findDockerfile(openTree(memorySource(files)));
const one = (path: string) => ({ kind: 'one', path });

const service = (name: string, dockerfile: string, more = ''): string =>
  `  ${name}:\n    build:\n      context: .\n      dockerfile: ${dockerfile}\n${more}`;
const PUBLISHES = "    ports: ['4000:4000']\n";

describe('findDockerfile', () => {
  it('takes the one at the root, and the only other one that is about the proxy', () => {
    expect(find({ Dockerfile: OTHER })).toEqual(one('Dockerfile'));
    expect(find({ Containerfile: OLD })).toEqual(one('Containerfile'));
    expect(find({ 'Dockerfile.prod': OLD, 'Dockerfile.docs': OTHER })).toEqual(one('Dockerfile.prod'));
    expect(find({ 'Dockerfile.backup': OLD, 'Dockerfile.prod.backup.1': OLD, 'web/Dockerfile': OLD })).toEqual({
      kind: 'none',
    });
  });

  it('takes the one whose service is most like the provider, from the root of the checkout', () => {
    const compose = `services:\n${service('proxy', 'Dockerfile.prod', PUBLISHES)}${service('dev', 'Dockerfile.dev')}`;
    const files = { 'Dockerfile.prod': OLD, 'Dockerfile.dev': OLD, 'compose.yaml': compose };
    expect(find(files)).toEqual(one('Dockerfile.prod'));
    expect(find({ ...files, Dockerfile: OTHER })).toEqual(one('Dockerfile.prod'));
    expect(find({ ...files, 'Dockerfile.prod': NEW })).toEqual(one('Dockerfile.prod'));
    const deeper = `services:\n  proxy:\n    build:\n      context: ..\n      dockerfile: docker/Dockerfile\n${PUBLISHES}`;
    expect(find({ 'docker/compose.yml': deeper, 'docker/Dockerfile': OLD })).toEqual(one('docker/Dockerfile'));
    const elsewhere = `services:\n  proxy:\n    build: proxy\n${PUBLISHES}`;
    expect(find({ 'compose.yml': elsewhere, 'proxy/Dockerfile': OLD })).toEqual({ kind: 'none' });
  });

  it('keeps to the root when a service that has nothing of the provider builds another', () => {
    const compose = `services:\n${service('docs', 'Dockerfile.docs')}`;
    expect(find({ Dockerfile: OLD, 'Dockerfile.docs': OTHER, 'compose.yaml': compose })).toEqual(one('Dockerfile'));
  });

  it('does not guess between equals', () => {
    const compose = `services:\n${service('a', 'Dockerfile.a', PUBLISHES)}${service('b', 'Dockerfile.b', PUBLISHES)}`;
    const several = { kind: 'several', paths: ['Dockerfile.a', 'Dockerfile.b'] };
    expect(find({ 'compose.yaml': compose, 'Dockerfile.b': OLD, 'Dockerfile.a': OLD })).toEqual(several);
    expect(find({ 'Dockerfile.b': OLD, 'Dockerfile.a': OLD })).toEqual(several);
  });
});

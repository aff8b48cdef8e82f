import { describe, expect, it } from 'vitest';
import { newRange } from '../../../migrations/0002-agent-sdk/manifests/ranges.ts';
import { newModuleName } from '../../../migrations/0002-agent-sdk/typescript/names.ts';

describe('newModuleName', () => {
  it.each([
    ['@anthropic-ai/claude-code', '@anthropic-ai/claude-agent-sdk'],
    ['@anthropic-ai/claude-code/sdk', '@anthropic-ai/claude-agent-sdk'],
    ['@anthropic-ai/claude-code/sdk.mjs', '@anthropic-ai/claude-agent-sdk'],
    ['@anthropic-ai/claude-code/sdk-tools', '@anthropic-ai/claude-agent-sdk/sdk-tools'],
    ['@anthropic-ai/claude-code/sdk-tools.d.ts', '@anthropic-ai/claude-agent-sdk/sdk-tools.js'],
    ['npm:@anthropic-ai/claude-code@1.0.128', 'npm:@anthropic-ai/claude-agent-sdk@NEW'],
    ['npm:/@anthropic-ai/claude-code@^1/sdk.mjs', 'npm:/@anthropic-ai/claude-agent-sdk@NEW'],
  ])('names %s anew', (old, to) => {
    expect(newModuleName(old, 'NEW')).toEqual({ kind: 'rename', to });
  });
  it.each([
    ['@anthropic-ai/claude-code/cli.js', 'cli'],
    ['@anthropic-ai/claude-code/package.json', 'cli'],
    ['@anthropic-ai/claude-code/lib/other.js', 'unknown'],
    ['@anthropic-ai/claude-code-router', 'other'],
    ['@anthropic-ai/claude-agent-sdk', 'other'],
    ['my-@anthropic-ai/claude-code', 'other'],
  ])('takes %s for %s', (name, kind) => {
    expect(newModuleName(name, 'NEW')).toEqual({ kind });
  });
});

describe('newRange', () => {
  it.each([
    ['^1.0.128', '^0.1.77'],
    ['~1.0.128', '~0.1.77'],
    ['1.0.128', '0.1.77'],
    ['=1.0.128', '0.1.77'],
    ['>=1.0.0', '>=0.1.77 <0.2.0'],
    ['latest', '^0.1.77'],
    ['*', '^0.1.77'],
    ['', '^0.1.77'],
    ['1.x', '^0.1.77'],
    ['>=1 <2', '^0.1.77'],
    ['^1 || ^2', '^0.1.77'],
  ])('keeps the way of %j', (old, wanted) => {
    expect(newRange(old, '0.1.77')).toBe(wanted);
  });
  it('writes a range that was asked for as it is', () => {
    expect(newRange('1.0.128', '~0.2.1')).toBe('~0.2.1');
  });
});

import { describe, expect, it } from 'vitest';
import { NO_CONFIG, paramsOf, readConfig, resolveSettings } from '../../src/checks/config.ts';

const FILE = `# yaml-language-server: $schema=config.json
migration: oauth-only
params:
  base: example.org/base:1
  orphans: delete
failOn: warn
skipPaths:
  - vendor/**
`;

describe('readConfig', () => {
  it('reads values with the line of each key', () => {
    const { values, lines } = readConfig(FILE);
    expect(values).toEqual({
      migration: 'oauth-only',
      params: { base: 'example.org/base:1', orphans: 'delete' },
      failOn: 'warn',
      skipPaths: ['vendor/**'],
    });
    expect(lines.get('failOn')).toBe(6);
    expect(lines.get('params.orphans')).toBe(5);
    expect(readConfig('').values).toEqual({});
  });

  it.each<[string, string, string, string?]>([
    ['an unknown key', 'a: 1\nfailon: error\n', '.refit/config.yaml:1: unknown key "a"'],
    ['a slip', 'strict: true\nfailon: error\n', '.refit/config.yaml:2: unknown key "failon"', 'did you mean failOn?'],
    ['a bad value', '\nfailOn: fatal\n', '.refit/config.yaml:2: failOn: one of blocker, error, warn, info is expected'],
    ['a wrong type', 'strict: soon\n', '.refit/config.yaml:1: strict: expected boolean, received string'],
    [
      'a path outside',
      'dockerfile: ../Dockerfile\n',
      '.refit/config.yaml:1: dockerfile: a path inside the repository is expected',
    ],
    ['a list', '- a\n', '.refit/config.yaml:1: a mapping of keys is expected'],
    ['a key twice', 'strict: true\nstrict: false\n', '.refit/config.yaml:2: duplicate key'],
    ['a tab', 'params:\n\tbase: x\n', '.refit/config.yaml:2: tab used as indentation'],
    [
      'two documents',
      'strict: true\n---\nstrict: false\n',
      '.refit/config.yaml:3: a second YAML document: one is expected',
    ],
  ])('%s: told with line and way out', (_name, text, message, hint) => {
    expect(() => readConfig(text)).toThrow(expect.objectContaining({ message, exitCode: 1, ...(hint && { hint }) }));
  });

  it('does not judge the shape of a later format', () => {
    expect(() => readConfig('formatVersion: 7\nanything: [1]\n')).toThrow(
      '.refit/config.yaml has format version 7; this refit reads version 1 only',
    );
  });
});

describe('resolveSettings', () => {
  it('takes the command line, then the file, then defaults, and tells which', () => {
    const settings = resolveSettings({ params: { base: 'x:y' }, strict: false }, readConfig(FILE));
    expect(settings).toEqual({
      migration: { value: 'oauth-only', origin: '.refit/config.yaml:2' },
      params: {
        base: { value: 'x:y', origin: 'command line' },
        orphans: { value: 'delete', origin: '.refit/config.yaml:5' },
      },
      failOn: { value: 'warn', origin: '.refit/config.yaml:6' },
      strict: { value: false, origin: 'command line' },
      dockerfile: { value: null, origin: 'default' },
      baseline: { value: null, origin: 'default' },
      skipPaths: { value: ['vendor/**'], origin: '.refit/config.yaml:7' },
    });
    expect(paramsOf(settings)).toEqual({ base: 'x:y', orphans: 'delete' });
    expect(resolveSettings({ params: {} }, NO_CONFIG).migration).toEqual({ value: 'oauth-only', origin: 'default' });
  });

  it('keeps the parameters of the file to the migration of the file', () => {
    const other = resolveSettings({ migration: 'other', params: { a: 'b' } }, readConfig(FILE));
    expect(paramsOf(other)).toEqual({ a: 'b' });
    const silent = resolveSettings({ migration: 'oauth-only', params: {} }, readConfig('params:\n  base: x\n'));
    expect(paramsOf(silent)).toEqual({ base: 'x' });
  });
});

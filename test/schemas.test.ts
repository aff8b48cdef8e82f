import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../src/checks/config.ts';
import { waiversJsonSchema } from '../src/checks/waivers.ts';
import { planJsonSchema } from '../src/plan/plan-file.ts';
import { reportJsonSchema } from '../src/report/json-schema.ts';

const folder = resolve(import.meta.dirname, '../docs/schemas');
const SCHEMAS = {
  config: configJsonSchema,
  plan: planJsonSchema,
  report: reportJsonSchema,
  waivers: waiversJsonSchema,
};

describe('docs/schemas', () => {
  it.each(Object.entries(SCHEMAS))('%s.json is what the source says', (name, schema) => {
    const file = join(folder, `${name}.json`);
    const text = `${JSON.stringify(schema(), null, 2)}\n`;
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('holds nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(SCHEMAS).map((name) => `${name}.json`));
  });
});

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });

describe('the schema of waivers', () => {
  const validate = ajv.compile(waiversJsonSchema());
  const waiver = { check: 'S05', reason: 'r' };

  it.each<[boolean, object]>([
    [true, { waivers: [{ ...waiver, until: '2026-12-31', path: 'a/**' }] }],
    [true, { formatVersion: 1, waivers: [{ ...waiver, permanent: true }] }],
    [false, { waivers: [waiver] }],
    [false, { waivers: [{ ...waiver, until: '2026-12-31', permanent: true }] }],
    [false, { waivers: [{ check: 'S05', permanent: true }] }],
    [false, { waivers: [{ ...waiver, permanent: true, more: 1 }] }],
    [false, { formatVersion: 2, waivers: [] }],
  ])('%s: %j', (expected, value) => {
    expect(validate(value)).toBe(expected);
  });
});

describe('the schema of the configuration', () => {
  const validate = ajv.compile(configJsonSchema());

  it.each<[boolean, object]>([
    [true, {}],
    [true, { migration: 'oauth-only', params: { base: 'x', n: 1 }, failOn: 'warn', strict: true, skipPaths: ['a/**'] }],
    [false, { failon: 'warn' }],
    [false, { failOn: 'fatal' }],
    [false, { params: { base: null } }],
  ])('%s: %j', (expected, value) => {
    expect(validate(value)).toBe(expected);
  });
});

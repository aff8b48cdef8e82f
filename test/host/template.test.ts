import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot, readTemplate, readTemplateIn } from '../../src/host/template.ts';
import { tempRepo } from '../support/temp-repo.ts';

test('finds the package that the code belongs to', () => {
  expect(packageRoot()).toBe(join(import.meta.dirname, '../..'));
});

test('reads the Dockerfile from the top and anything else from the migration', () => {
  const { root } = tempRepo(
    {
      'Dockerfile.template': 'FROM x\n',
      'migrations/0007-some-change/templates/scripts/run.sh': '#!/bin/sh\r\n',
      'migrations/0007-some-change/templates/logo': new Uint8Array([0, 1]),
      'migrations/0008-change/templates/run.sh': 'other\n',
    },
    { git: false },
  );
  expect(readTemplate('some-change', 'Dockerfile', root)).toBe('FROM x\n');
  expect(readTemplate('some-change', 'scripts/run.sh', root)).toBe('#!/bin/sh\r\n');
  expect(readTemplate('change', 'run.sh', root)).toBe('other\n');
  expect(readTemplateIn(join(root, 'migrations/0008-change'), 'run.sh')).toBe('other\n');
  expect(() => readTemplate('no-change', 'run.sh', root)).toThrow('there is no bundled migration no-change');
  expect(() => readTemplate('change', 'none', root)).toThrow('cannot read the template none: no such file or folder');
  expect(() => readTemplate('some-change', 'logo', root)).toThrow('the template logo is not UTF-8 text');
  expect(() => readTemplate('change', '../../x', root)).toThrow('not a path inside the repository');
});

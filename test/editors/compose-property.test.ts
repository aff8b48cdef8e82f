// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the file format
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeMountTarget, removeEnv, setEnv } from '../../src/editors/compose.ts';
import type { EditOutcome } from '../../src/editors/outcome.ts';
import { parseYaml } from '../../src/editors/yaml.ts';
import { applyEdits } from '../../src/tree/edits.ts';

const FROM = '/root/.claude';
const TO = '/home/claude/.claude';
const TOKEN = '${CLAUDE_CODE_OAUTH_TOKEN:-}';

const quote = fc.constantFrom('', '"', "'");
const comment = fc.constantFrom('', '   # trailing', ' #/root/.claude');
const above = fc.constantFrom('', '# above: {odd', '', '# - login:/root/.claude');
const mountText = fc.constantFrom(
  'login:/root/.claude',
  '~/.claude:/root/.claude:ro',
  '${DIR:-./x}:/root/.claude',
  'login:/root/.claude.json',
  './config:/app/config:ro',
  'login:/root/.claude_code',
  '/root/.claude',
);

interface Piece {
  readonly text: string;
  readonly quote: string;
  readonly comment: string;
  readonly above: string;
}
const piece = (text: fc.Arbitrary<string>): fc.Arbitrary<Piece> => fc.record({ text, quote, comment, above });

/** Lines of a list or map in block or flow style. */
function collection(key: string, pieces: readonly Piece[], style: string, indent: number): readonly string[] {
  const quoted = ({ text, quote: q }: Piece): string => {
    const colon = style.startsWith('map') ? text.indexOf('=') : -1;
    const q2 = q === '' && style.includes('flow') ? '"' : q;
    if (style.startsWith('map')) return `${text.slice(0, colon)}: ${q2}${text.slice(colon + 1)}${q2}`;
    return `${q2}${text}${q2}`;
  };
  if (style === 'flow list') return [`${key}: [${pieces.map(quoted).join(', ')}]`];
  if (style === 'map flow') return [`${key}: {${pieces.map(quoted).join(', ')}}`];
  const pad = ' '.repeat(indent);
  const dash = style === 'map' ? '' : '- ';
  return [
    `${key}:`,
    ...pieces.flatMap((item) => [
      ...(item.above === '' ? [] : [pad + item.above]),
      `${pad}${dash}${quoted(item)}${item.comment}`,
    ]),
  ];
}

const composeText = fc
  .record({
    mounts: fc.array(piece(mountText), { minLength: 1, maxLength: 4 }),
    mountStyle: fc.constantFrom('list', 'flow list'),
    variables: fc.uniqueArray(
      piece(fc.constantFrom('A=1', 'B=two words', 'C=${X:-y}', 'CLAUDE_CODE_OAUTH_TOKEN=old')),
      {
        maxLength: 4,
        selector: ({ text }) => text.split('=')[0],
      },
    ),
    variableStyle: fc.constantFrom('list', 'flow list', 'map', 'map flow'),
    indent: fc.constantFrom(1, 2, 4),
    unindented: fc.boolean(),
    order: fc.shuffledSubarray(
      ['build: .', 'env_file: .env', 'restart: always', 'command: >-\n  litellm\n  --port 4000'],
      { minLength: 1 },
    ),
    environmentFirst: fc.boolean(),
    newline: fc.constantFrom('\n', '\r\n'),
    bom: fc.constantFrom('', '\ufeff'),
    final: fc.boolean(),
    other: fc.boolean(),
  })
  .map((options) => {
    const listIndent = options.unindented ? 0 : options.indent;
    const mounts = collection('volumes', options.mounts, options.mountStyle, listIndent);
    const variableIndent = options.variableStyle === 'map' ? options.indent : listIndent;
    const variables =
      options.variables.length === 0
        ? []
        : collection('environment', options.variables, options.variableStyle, variableIndent);
    const rest = options.order.flatMap((entry) => entry.split('\n'));
    const body = options.environmentFirst ? [...variables, ...rest, ...mounts] : [...mounts, ...rest, ...variables];
    const pad = ' '.repeat(options.indent);
    const other = ['other:', `${pad}image: busybox`, `${pad}volumes: ["login:/root/.claude"]`];
    const services = [...(options.other ? other : []), 'litellm:', ...body.map((line) => pad + line)];
    const lines = ['# head', 'services:', ...services.map((line) => pad + line), 'volumes:', `${pad}login:`];
    return options.bom + lines.join(options.newline) + (options.final ? options.newline : '');
  });

// biome-ignore lint/suspicious/noExplicitAny: the value of any document
function meaning(text: string): any {
  const parsed = parseYaml(text);
  if (parsed.kind === 'refused') throw new Error(`${parsed.line}: ${parsed.why}\n${text}`);
  return structuredClone(parsed.documents[0]?.value);
}

function applied(text: string, outcome: EditOutcome): string {
  if (outcome.kind === 'refused') throw new Error(`${outcome.line}: ${outcome.why}\n${text}`);
  return outcome.kind === 'edits' ? applyEdits(text, outcome.edits) : text;
}

/** What is left of both texts when the edits are cut out must be the same. */
function expectUntouched(text: string, outcome: EditOutcome, result: string): void {
  if (outcome.kind !== 'edits') {
    expect(result).toBe(text);
    return;
  }
  const cut = outcome.edits.reduceRight((kept, { start, end }) => kept.slice(0, start) + kept.slice(end), text);
  let shift = 0;
  let rest = result;
  for (const edit of outcome.edits) {
    const at = edit.start - shift;
    expect(rest.slice(at, at + edit.text.length)).toBe(edit.text);
    rest = rest.slice(0, at) + rest.slice(at + edit.text.length);
    shift += edit.end - edit.start;
  }
  expect(rest).toBe(cut);
}

describe('random compose documents', () => {
  test('changeMountTarget changes exactly the targets asked for', () => {
    fc.assert(
      fc.property(composeText, (text) => {
        const outcome = changeMountTarget(text, { service: 'litellm', from: FROM, to: TO });
        const result = applied(text, outcome);
        const expected = meaning(text);
        const service = expected.services.litellm;
        service.volumes = service.volumes.map((mount: string) => mount.replace(/\/root\/\.claude(?=$|:)/, TO));
        expect(meaning(result)).toEqual(expected);
        expectUntouched(text, outcome, result);
        expect(changeMountTarget(result, { service: 'litellm', from: FROM, to: TO }).kind).toBe('unchanged');
      }),
      { numRuns: 100 },
    );
  });

  test('setEnv sets exactly the variable, and a second time nothing', () => {
    fc.assert(
      fc.property(composeText, (text) => {
        const target = { service: 'litellm', name: 'CLAUDE_CODE_OAUTH_TOKEN', value: TOKEN };
        const outcome = setEnv(text, target);
        const result = applied(text, outcome);
        const expected = meaning(text);
        const environment = expected.services.litellm.environment ?? [];
        const line = `CLAUDE_CODE_OAUTH_TOKEN=${TOKEN}`;
        if (Array.isArray(environment)) {
          const at = environment.findIndex((item: string) => item.startsWith('CLAUDE_CODE_OAUTH_TOKEN='));
          environment.splice(at === -1 ? environment.length : at, 1, line);
        } else environment.CLAUDE_CODE_OAUTH_TOKEN = TOKEN;
        expected.services.litellm.environment = environment;
        expect(meaning(result)).toEqual(expected);
        expectUntouched(text, outcome, result);
        expect(setEnv(result, target)).toEqual({ kind: 'unchanged', remarks: [] });
      }),
      { numRuns: 100 },
    );
  });

  test('removeEnv takes back what setEnv added, byte for byte', () => {
    fc.assert(
      fc.property(composeText, (text) => {
        fc.pre(!text.includes('CLAUDE_CODE_OAUTH_TOKEN'));
        const target = { service: 'litellm', name: 'CLAUDE_CODE_OAUTH_TOKEN' };
        const added = applied(text, setEnv(text, { ...target, value: TOKEN }));
        expect(applied(added, removeEnv(added, target))).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  test('what is there already is left as it is', () => {
    fc.assert(
      fc.property(composeText, (text) => {
        const values = meaning(text).services.litellm.environment ?? [];
        const entries = Array.isArray(values) ? values.map((item: string) => item.split('=')) : Object.entries(values);
        for (const [name, value] of entries) {
          expect(setEnv(text, { service: 'litellm', name, value: String(value) })).toEqual({
            kind: 'unchanged',
            remarks: [],
          });
        }
        expect(changeMountTarget(text, { service: 'litellm', from: '/nowhere', to: '/x' })).toEqual({
          kind: 'unchanged',
          remarks: [],
        });
      }),
      { numRuns: 80 },
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cutText,
  escapeCommandData,
  escapeCommandProperty,
  escapeHtml,
  escapeLine,
  escapeLines,
  escapeMarkdown,
  escapeXml,
  escapeXmlAttribute,
  markdownCode,
  neutraliseCommands,
} from '../../src/report/escape.ts';

describe('escape', () => {
  test('controls, reordering marks, tag characters and lone surrogates are spelled out', () => {
    expect(escapeLine('a\x1b[31m\x00\x07\x7f\x9b\t\r\n')).toBe('a\\x1b[31m\\x00\\x07\\x7f\\x9b\\t\\r\\n');
    expect(escapeLine('\u202e\u2066\u200f\u061c\u2028\ufeff\u{e0041}\ud800')).toBe(
      '\\u202e\\u2066\\u200f\\u061c\\u2028\\ufeff\\u{e0041}\\ud800',
    );
  });

  test('ordinary text stays as it is', () => {
    for (const text of ['', 'plain', 'ünï 日本 🚀 👩‍💻', 'a\\x1b', '→ ·']) expect(escapeLine(text)).toBe(text);
    expect(escapeLines('a\n\tb\r\n')).toBe('a\n\tb\\r\n');
  });

  test('a line never holds a control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeLine(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  test('what a runner reads as a command is broken, all else is kept', () => {
    expect(neutraliseCommands('::error::x\n  ::set-env a\n\t::b\nx ::y\na::b\n:c')).toBe(
      '\\x3a:error::x\n  \\x3a:set-env a\n\t\\x3a:b\nx ::y\na::b\n:c',
    );
    expect(neutraliseCommands('x ##[error]y ##vso[task] ## [z]')).toBe('x #\\x23[error]y #\\x23vso[task] ## [z]');
  });

  test('workflow commands keep data and properties apart', () => {
    expect(escapeCommandData('100%\r\n::x,y:z')).toBe('100%25%0D%0A::x,y:z');
    expect(escapeCommandProperty('a,b:c%\n')).toBe('a%2Cb%3Ac%25%0A');
  });

  test('HTML and XML', () => {
    expect(escapeHtml('<b a="1">\'&\n')).toBe('&lt;b a=&quot;1&quot;&gt;&#39;&amp;\\n');
    expect(escapeXml(']]>\x1b\n\t"\ufffe')).toBe(']]&gt;\\x1b\n\t&quot;\\ufffe');
    expect(escapeXmlAttribute("a\n\t'")).toBe('a&#10;&#9;&apos;');
  });

  test('Markdown has no markup, mention or reference left', () => {
    expect(escapeMarkdown('@me #12 `x` | *b* [l](u) <i> :smile: a: b\n# h')).toBe(
      '&#64;&#8203;me &#35;&#8203;12 &#96;x&#96; &#124; &#42;b&#42; &#91;l&#93;(u) &#60;i&#62; &#58;smile: a: b&#92;n&#35;&#8203; h',
    );
    expect(markdownCode('a|b`</code>@x')).toBe('<code>a&#124;b&#96;&#60;/code&#62;@x</code>');
    expect(escapeMarkdown('plain, text (1.2-3) = ok')).toBe('plain, text (1.2-3) = ok');
  });

  test('cutting keeps the limit and never halves a character', () => {
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('abcd', 3)).toBe('ab…');
    expect(cutText('a🚀bc', 3)).toBe('a…');
  });
});

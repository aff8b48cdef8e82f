import { expect, it } from 'vitest';
import { tokenProblem } from '../../../src/container/checks/token-shape.ts';

const GOOD = `sk-ant-oat01-${'Ab1_'.repeat(8)}`;

it.each([
  [GOOD, null],
  ['sk-ant-oat02-short', null],
  [`${GOOD}\n`, 'it holds a blank or a line break'],
  [`sk-ant-oat01-Ab1 ${GOOD}`, 'it holds a blank or a line break'],
  [`"${GOOD}"`, 'it holds a quote'],
  ['sk-ant-oat01-…', 'it is the placeholder of an example'],
  ['sk-ant-oat01-your-token-here', 'it is the placeholder of an example'],
  ['sk-ant-api03-Ab1Ab1Ab1', 'it does not begin with sk-ant-oat'],
  [`${GOOD}é`, 'it holds a character that no token has'],
])('%j: %s', (token, problem) => {
  expect(tokenProblem(token)).toBe(problem);
});

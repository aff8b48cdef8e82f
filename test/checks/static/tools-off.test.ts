import { describe, expect, it } from 'vitest';
import { toolsOff } from '../../../src/checks/static/tools-off.ts';
import { judge, told } from '../../support/judge.ts';

const provider = (line: string, sdk = 'from claude_agent_sdk import ClaudeAgentOptions, query'): string =>
  `from litellm import CustomLLM\n${sdk}\n\n\nclass P(CustomLLM):\n    async def acompletion(self, model, messages, **kwargs):\n        ${line}\n`;
const about = (line: string, requirement = 'claude-agent-sdk\n'): Promise<readonly string[]> =>
  told(toolsOff, { 'providers/p.py': provider(line), 'requirements.txt': requirement });
const FOUND = ':7 the provider leaves Claude its tools';

describe('S23-tools-off', () => {
  it.each([
    ['o = ClaudeAgentOptions(tools=[])'],
    ['o = ClaudeAgentOptions(allowed_tools=[], tools=[ ])'],
    ['o = ClaudeAgentOptions(extra_args={"tools": ""})'],
    ['o = ClaudeAgentOptions(model=model); o.tools = []'],
    ['async for m in query(prompt="", options=o): pass'],
    ['async for m in query(**given): pass'],
  ])('is silent about %s', async (line) => {
    expect(await about(line)).toEqual([]);
  });

  it.each([
    ['o = ClaudeAgentOptions()', 'no tools=[]'],
    ['o = ClaudeAgentOptions(allowed_tools=[])', 'allowed_tools=, which switches nothing off, and no tools=[]'],
    ['o = ClaudeAgentOptions(tools=["Read"])', 'tools= is not []'],
    ['o = ClaudeAgentOptions(**given)', 'no tools=[] here; what ** brings cannot be told'],
    ['async for m in query(prompt=""): pass', 'query(…) without options'],
  ])('finds %s', async (line, seen) => {
    const found = await judge(toolsOff, { 'p.py': provider(line), 'requirements.txt': 'claude-agent-sdk>=0.1.60\n' });
    expect(found).toMatchObject([{ severity: 'error', path: 'p.py', line: 7, seen, failureMode: 'FM-27' }]);
  });

  it('follows the names that the file gives the SDK', async () => {
    const files = {
      'a.py': provider('o = sdk.ClaudeAgentOptions()', 'import claude_agent_sdk as sdk'),
      'b.py': provider('o = Options()', 'from claude_agent_sdk.types import ClaudeAgentOptions as Options'),
      'c.py': provider('async with ClaudeSDKClient() as c: pass', 'from claude_agent_sdk import ClaudeSDKClient'),
      'd.py': provider('async with ClaudeSDKClient(o) as c: pass', 'from claude_agent_sdk import ClaudeSDKClient'),
      'e.py': provider('o = ClaudeAgentOptions()', 'from own_options import ClaudeAgentOptions, claude_agent_sdk'),
    };
    expect(await told(toolsOff, files)).toEqual([`error a.py${FOUND}`, `error b.py${FOUND}`, `error c.py${FOUND}`]);
  });

  it.each([
    ['claude-agent-sdk==0.1.5\n', 'warn'],
    ['claude-agent-sdk>=0.1,<0.1.12\n', 'warn'],
    ['claude-agent-sdk<=0.1.11\n', 'warn'],
    ['claude-agent-sdk~=0.1.5\n', 'error'],
    ['claude-agent-sdk==0.1.12\n', 'error'],
    ['claude-agent-sdk==0.2.0\n', 'error'],
    ['claude-agent-sdk<0.2\n', 'error'],
    ['litellm\n', 'error'],
  ])('goes by what is declared: %j', async (requirement, severity) => {
    expect(await about('o = ClaudeAgentOptions()', requirement)).toEqual([`${severity} providers/p.py${FOUND}`]);
  });

  it('only warns where the old SDK is used, which has no such option', async () => {
    const text = provider('o = ClaudeCodeOptions()', 'from claude_code_sdk import ClaudeCodeOptions');
    expect(await told(toolsOff, { 'p.py': text })).toEqual([`warn p.py${FOUND}`]);
  });

  it('judges providers only, and no tests', async () => {
    const files = {
      'tool.py': 'from claude_agent_sdk import ClaudeAgentOptions\nClaudeAgentOptions()\n',
      'tests/test_p.py': provider('ClaudeAgentOptions()'),
      'p.py.bak': provider('ClaudeAgentOptions()'),
    };
    expect(await judge(toolsOff, files)).toBe('no provider here uses the Claude SDK');
  });

  it.each([
    ['o = ClaudeAgentOptions(tools=list())', true],
    ['NO_TOOLS: list[str] = []; o = ClaudeAgentOptions(tools=NO_TOOLS)', false],
    ['none = []\n        o = ClaudeAgentOptions(tools=none)', true],
    ['o = ClaudeAgentOptions(**{"tools": [], "model": model})', true],
    ['given = {"tools": []}\n        o = ClaudeAgentOptions(**given)', true],
    ['given["tools"] = []\n        o = ClaudeAgentOptions(**given)', true],
    ['given = {"tools": ["Read"]}\n        o = ClaudeAgentOptions(**given)', false],
    ['some = ["Read"]\n        o = ClaudeAgentOptions(tools=some)', false],
    ['o = ClaudeAgentOptions(tools=None)', false],
  ])('looks up what %j hands over', async (line, holds) => {
    expect((await about(line)).length).toBe(holds ? 0 : 1);
  });

  it('reads what else of the image calls the SDK for the provider', async () => {
    const ask = 'from claude_agent_sdk import query\nasync def ask():\n    async for m in query(prompt=""): pass\n';
    const files = {
      Dockerfile: 'FROM x\nCOPY providers/ /app/providers/\n',
      'providers/p.py': 'from litellm import CustomLLM\nfrom .ask import ask\n',
      'providers/ask.py': ask,
      'examples/try.py': ask,
      'providers/test_ask.py': ask,
    };
    expect(await told(toolsOff, files)).toEqual(['error providers/ask.py:3 the provider leaves Claude its tools']);
    expect(await told(toolsOff, { ...files, 'providers/p.py': '' })).toEqual([
      'not applicable: no provider here uses the Claude SDK',
    ]);
  });
});

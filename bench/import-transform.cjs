const OLD = '@anthropic-ai/claude-code';

/** The rename alone, as an author of a codemod would write it first. */
module.exports = (file, { jscodeshift }) => {
  const imports = jscodeshift(file.source).find(jscodeshift.ImportDeclaration, { source: { value: OLD } });
  if (imports.length === 0) return undefined;
  return imports
    .forEach((path) => {
      path.node.source.value = '@anthropic-ai/claude-agent-sdk';
    })
    .toSource();
};

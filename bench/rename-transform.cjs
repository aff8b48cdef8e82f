module.exports = (file, { jscodeshift }) =>
  jscodeshift(file.source)
    .find(jscodeshift.Identifier, (node) => node.name.startsWith('old_'))
    .forEach((path) => {
      path.node.name = path.node.name.replace('old_', 'new_');
    })
    .toSource();

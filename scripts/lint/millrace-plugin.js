// Rules of our own for oxlint (its plugins are JavaScript).

const levels = new Set(['warn', 'error', 'fatal'])

/** A log line at warn and above has a static message, so that lines can be found, counted and alerted on. */
const staticLogMessage = {
  create(context) {
    return {
      CallExpression(node) {
        const { callee, arguments: given } = node
        if (callee.type !== 'MemberExpression' || callee.computed || !levels.has(callee.property.name)) return
        if (!isLog(callee.object)) return
        const message = given.find((argument) => argument.type !== 'ObjectExpression' && !isName(argument))
        if (message === undefined || (message.type === 'Literal' && typeof message.value === 'string')) return
        context.report({
          node: message,
          message: 'A log message is a constant; what varies goes into its fields.',
        })
      },
    }
  },
}

function isLog(node) {
  if (node.type === 'Identifier') return /^log(ger)?$/.test(node.name)
  if (node.type === 'PrivateIdentifier') return /^log(ger)?$/.test(node.name)
  return node.type === 'MemberExpression' && isLog(node.property)
}

function isName(node) {
  return node.type === 'Identifier'
}

export default {
  meta: { name: 'millrace' },
  rules: { 'static-log-message': staticLogMessage },
}

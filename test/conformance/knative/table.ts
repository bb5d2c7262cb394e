import { deviations } from './deviations.ts'
import type { Rule } from './rule.ts'
import { rules } from './rules/index.ts'

/** The rules as rows of Markdown: those that hold for broker and channel alike are one. */
export function table(): string {
  const rows = new Map<string, { rule: Rule; broker: string; channel: string }>()
  for (const rule of rules) {
    const name = rule.id.slice(rule.id.indexOf('/') + 1)
    const row = rows.get(`${name} ${rule.rule}`) ?? { rule, broker: '', channel: '' }
    rows.set(`${name} ${rule.rule}`, {
      ...row,
      [rule.of]: deviations[rule.id] === undefined ? 'holds' : 'differs',
    })
  }
  const lines = [...rows.values()].map(({ rule: { id, page, clause, level, rule }, broker, channel }) => {
    const name = id.slice(id.indexOf('/') + 1)
    return `| \`${name}\` | ${page}, ${clause} | ${level} | ${rule} | ${broker} | ${channel} |`
  })
  return ['| id | clause | level | rule | broker | channel |', '| - | - | - | - | - | - |', ...lines].join(
    '\n',
  )
}

import type { DatabaseSync } from 'node:sqlite'
import { appendedAt } from './fresh-events.ts'
import { despiteDamage } from './sqlite-error.ts'

type Fresh = readonly [event: number, routes: string]

/** Where nobody holds leases: what an earlier process left fresh becomes rows. */
export function makeRowsAtOpen(db: DatabaseSync): void {
  const all = freshEvents(db)
  if (all.size === 0) return
  db.exec('BEGIN IMMEDIATE')
  try {
    const insert = db.prepare('INSERT OR IGNORE INTO delivery VALUES (?, ?, ?, 0, NULL, NULL)')
    const clear = db.prepare('UPDATE event SET routes = NULL WHERE id = ?')
    for (const [event, routes] of all) {
      for (const route of routes.split(',')) insert.run(event, Number(route), appendedAt(event))
      clear.run(event)
    }
    db.exec('DELETE FROM progress; COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** A damaged page stands in the way of those in it and behind it: from the other side only of those in it. */
function freshEvents(db: DatabaseSync): ReadonlyMap<number, string> {
  const all = new Map<number, string>()
  let isWhole = false
  for (const order of ['ASC', 'DESC']) {
    const statement = db.prepare(`SELECT event.id, coalesce(progress.routes, event.routes)
      FROM event LEFT JOIN progress ON progress.event = event.id
      WHERE event.id >= (SELECT fresh_from FROM state) AND event.routes IS NOT NULL ORDER BY event.id ${order}`)
    statement.setReturnArrays(true)
    despiteDamage(() => {
      for (const row of statement.iterate()) all.set(...(row as unknown as Fresh))
      isWhole = true
    })
    if (isWhole) break
  }
  return all
}

import { assertKnownRoute } from '@millrace/storage'
import type { DeadLetter, DeadLetterQuery, DeadLetterStore } from '@millrace/storage'
import { script } from './command.ts'
import { list, text } from './reply.ts'
import { readDetails } from './settle-arguments.ts'
import { ask } from './store.ts'
import type { Store } from './store.ts'

const lettersAtOnce = 500
const fieldsOfLetter = 4

export function deadLetters(store: Store): DeadLetterStore {
  const { keys } = store
  const all = keys.of('dead')

  async function find(query: DeadLetterQuery): Promise<DeadLetter[]> {
    const found: DeadLetter[] = []
    let after = query.after ?? ''
    do {
      const { routes, type = '', since = '' } = query
      const wanted = routes === undefined ? [0] : [1, ...routes]
      const most = query.limit - found.length
      const args = [keys.prefix, after, most, lettersAtOnce, type, since, ...wanted]
      const [next, ...fields] = await ask(store, () => script('list-dead', [all], args), list)
      for (let n = 0; n + fieldsOfLetter <= fields.length; n += fieldsOfLetter)
        found.push(letterOf(fields.slice(n, n + fieldsOfLetter)))
      after = text(next)
    } while (after !== '' && found.length < query.limit)
    return found
  }

  async function get(id: string): Promise<DeadLetter | undefined> {
    const args = [`${keys.of('dead:')}${id}`, 'route', 'details', 'record']
    const [route, details, record] = await ask(store, () => ({ name: 'hmget', args }), list)
    return route === null || route === undefined ? undefined : letterOf([id, route, details, record])
  }

  async function redrive(items: Parameters<DeadLetterStore['redrive']>[0]): Promise<string[]> {
    for (const { route } of items) assertKnownRoute(route, store.known)
    if (items.length === 0) return []
    const there = await ask(
      store,
      (process) => {
        const now = store.now()
        const args = items.flatMap(({ id, owner, route, record, key, archive }) => [
          id,
          store.ids.next(),
          owner,
          route,
          ...(record === undefined ? ['0', ''] : ['1', record]),
          ...(key === undefined ? ['0', ''] : ['1', key]),
          ...(archive === undefined ? ['', ''] : [now + archive.keepMs, archive.eventId]),
        ])
        return script('redrive', [process.keys.log], [keys.prefix, now, ...args])
      },
      list,
    )
    store.wake([...new Set(items.map(({ route }) => route))])
    return items.filter((_, n) => there[n] === 1).map(({ id }) => id)
  }

  return {
    list: find,
    get,
    redrive,
    drop: (ids) =>
      ids.length === 0
        ? Promise.resolve(0)
        : ask(store, () => script('drop-dead', [all], [keys.prefix, ...ids]), Number),
  }
}

function letterOf([id, route, details, record]: readonly unknown[]): DeadLetter {
  return {
    id: text(id),
    route: Number(text(route)),
    details: readDetails(text(details)),
    record: Buffer.isBuffer(record) ? new Uint8Array(record) : new Uint8Array(),
  }
}

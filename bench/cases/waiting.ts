import { exchange } from '@millrace/testkit'

/** How many deliveries of a trigger the server's store holds. */
export async function waitingIn({ admin }: { readonly admin: string }, trigger: string): Promise<number> {
  const { text } = await exchange('GET', `${admin}/api/resources?kind=trigger&name=${trigger}`)
  const { items } = JSON.parse(text) as { items: { status: { waiting: number; inFlight: number } }[] }
  const [found] = items
  if (found === undefined) throw new Error(`the server has no trigger ${trigger}`)
  return found.status.waiting + found.status.inFlight
}

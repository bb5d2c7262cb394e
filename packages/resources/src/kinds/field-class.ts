import { Type } from 'typebox'

/*
 * What Millrace does with a field stands in its schema: a field is enforced unless it carries one of
 * these two keywords with the reason. `docs/reference/manifests.md` lists all of them.
 */

/** A field of any shape that is accepted and does nothing here; `validate` says so once. */
export function inert(reason: string) {
  return Type.Optional(Type.Unknown({ inert: reason }))
}

/** A field that may not be set, because ignoring it would be unsafe. */
export function refused(reason: string) {
  return Type.Optional(Type.Unknown({ refused: reason }))
}

import type { AttributeValue } from './cloud-event.ts'

/**
 * Attributes inherit nothing. V8 keeps an object without any prototype as a dictionary, which costs three
 * times as much to walk and twice as much to write as JSON; one whose prototype is empty it does not.
 */
function Bare(): void {}
Bare.prototype = Object.freeze(Object.create(null))

/** An empty object for attributes: whatever their names are, none is there before it is set. */
export const NewAttributes = Bare as unknown as new () => Record<string, AttributeValue>

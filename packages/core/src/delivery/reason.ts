/** The attribute that says why an event is not the one that it claims to be: a source sets it, with what it got as data. */
export const reasonAttribute = 'millracereason'

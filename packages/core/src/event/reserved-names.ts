/** What would be an attribute by its name, but is carried by no ce- header in binary mode: why. */
export const reserved: ReadonlyMap<string, string> = new Map([
  ['datacontenttype', 'the content-type header is that attribute (HTTP binding, 3.1.1)'],
  ['data', 'the body is the data, and no attribute has that name'],
])

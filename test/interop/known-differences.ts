/** Where an SDK itself changes an event. One that was mended makes the test fail: it then differs no more. */
export interface KnownDifference {
  readonly ecosystem: string
  readonly when: 'sends' | 'receives'
  /** The event's id, which begins with the mode. */
  readonly id: string
  readonly attribute: string
  /** What becomes of it. */
  readonly value: string
  readonly because: string
}

/** An event that an SDK cannot send in a mode. */
export const unsendable: readonly Pick<KnownDifference, 'ecosystem' | 'id' | 'because'>[] = [
  {
    ecosystem: 'Java',
    id: 'binary-unicode',
    because:
      'its binary writer does not percent-code header values, and the HTTP client of the JDK refuses them',
  },
]

const notDecoded = 'its binary reader does not decode header values (HTTP binding, 3.1.3.2)'

export const knownDifferences: readonly KnownDifference[] = [
  ...['binary-full', 'structured-full'].flatMap((id) =>
    (['sends', 'receives'] as const).map((when) => ({
      ecosystem: 'Python',
      when,
      id,
      attribute: 'time',
      value: '2026-11-22T17:31:00.123456000Z',
      because: 'its time is a datetime, which has microseconds',
    })),
  ),
  {
    ecosystem: 'Python',
    when: 'sends',
    id: 'binary-full',
    attribute: 'flag',
    value: 'True',
    because: 'its binary writer spells a Boolean as Python does',
  },
  ...['Go', 'Java'].flatMap((ecosystem) =>
    Object.entries({
      subject: 'Gr%C3%BC%C3%9Fe,%20%E4%B8%96%E7%95%8C%20%F0%9F%8C%8D',
      text: '100%25%20%22quoted%22%20%E2%82%AC',
    }).map(([attribute, value]) => ({
      ecosystem,
      when: 'receives' as const,
      id: 'binary-unicode',
      attribute,
      value,
      because: notDecoded,
    })),
  ),
]

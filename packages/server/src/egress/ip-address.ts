import { isIPv4, isIPv6 } from 'node:net'

export interface IpAddress {
  readonly text: string
  readonly family: 'ipv4' | 'ipv6'
}

/** An address as it came from a URL or a resolver, without the zone that a link-local one may carry. */
export function ipAddress(text: string): IpAddress | undefined {
  const [address = ''] = text.split('%', 1)
  if (isIPv4(address)) return { text: address, family: 'ipv4' }
  return isIPv6(address) ? { text: address, family: 'ipv6' } : undefined
}

/**
 * The addresses that a connection to this one may end at: itself, the IPv4 address that it carries, and
 * loopback for the unspecified address (which is where a kernel takes it).
 */
export function reachedBy(address: IpAddress): IpAddress[] {
  if (address.family === 'ipv4')
    return address.text === '0.0.0.0' ? [address, { text: '127.0.0.1', family: 'ipv4' }] : [address]
  const carried = carriedIpv4(address)
  if (carried !== undefined) return [address, ...reachedBy(carried)]
  return isUnspecified(groupsOf(address.text)) ? [address, { text: '::1', family: 'ipv6' }] : [address]
}

/** The IPv4 address of one that is mapped (RFC 4291, 2.5.5.2). */
export function mappedIpv4({ text, family }: IpAddress): IpAddress | undefined {
  if (family === 'ipv4') return undefined
  const groups = groupsOf(text)
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
    ? ipv4(groups[6], groups[7])
    : undefined
}

/** Mapped, translated (NAT64, RFC 6052, 2.1), or tunnelled (6to4, RFC 3056, 2). */
function carriedIpv4(address: IpAddress): IpAddress | undefined {
  const groups = groupsOf(address.text)
  const [first, second] = groups
  if (first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0))
    return ipv4(groups[6], groups[7])
  return first === 0x2002 ? ipv4(second, groups[2]) : mappedIpv4(address)
}

function ipv4(high = 0, low = 0): IpAddress {
  return { text: [high >> 8, high & 255, low >> 8, low & 255].join('.'), family: 'ipv4' }
}

function isUnspecified(groups: readonly number[]): boolean {
  return groups.every((group) => group === 0)
}

/** The eight groups of an IPv6 address in any spelling. */
function groupsOf(text: string): number[] {
  const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const left = hexadecimal(head)
  if (tail === undefined) return left
  const right = hexadecimal(tail)
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function hexadecimal(part: string): number[] {
  return part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
}

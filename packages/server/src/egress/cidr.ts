import { ipAddress, mappedIpv4, type IpAddress } from './ip-address.ts'

/** A block of addresses, such as 10.0.0.0/8. */
export interface Cidr {
  readonly address: IpAddress
  readonly prefix: number
}

/** A block, or one address, in the usual spelling; what is neither gives nothing. */
export function parseCidr(text: string): Cidr | undefined {
  const [, written = '', digits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  const address = ipAddress(written)
  if (address === undefined) return undefined
  const bits = address.family === 'ipv4' ? 32 : 128
  const prefix = digits === undefined ? bits : Number(digits)
  if (prefix > bits) return undefined
  const mapped = prefix >= 96 ? mappedIpv4(address) : undefined
  return mapped === undefined ? { address, prefix } : { address: mapped, prefix: prefix - 96 }
}

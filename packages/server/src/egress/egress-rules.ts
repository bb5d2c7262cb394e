import { BlockList } from 'node:net'
import { parseCidr } from './cidr.ts'
import { ipAddress, reachedBy, type IpAddress } from './ip-address.ts'

/** An `--egress-deny` or `--egress-allow` that is no block of addresses. */
export class EgressRuleError extends Error {}

export interface EgressRuleOptions {
  /** Blocks (CIDR) or addresses that nothing is sent to, beyond those that never are. */
  readonly deny?: readonly string[]
  /** Exceptions, also from those that are denied by default. */
  readonly allow?: readonly string[]
}

/**
 * Where nothing may be sent unless it is allowed by name: link-local addresses, and the addresses at
 * which clouds give a machine its credentials to whoever asks from it.
 */
export const deniedByDefault: Readonly<Record<string, string>> = {
  '169.254.0.0/16': 'link-local',
  'fe80::/10': 'link-local',
  'fd00:ec2::/32': 'instance metadata (AWS)',
  'fd20:ce::254': 'instance metadata (Google Cloud)',
  'fd00:c1::a9fe:a9fe': 'instance metadata (Oracle Cloud)',
  'fd00:42::42': 'instance metadata (Scaleway)',
  '100.100.100.200': 'instance metadata (Alibaba Cloud)',
  '168.63.129.16': 'the host of a virtual machine (Azure)',
}

interface Rule {
  readonly text: string
  readonly blocks: Blocks
}

/** A list for each family: one for both would take `::/0` for every IPv4 address too. */
type Blocks = Readonly<Record<IpAddress['family'], BlockList>>

/** Which addresses the server may connect to. An exception wins over a denial. */
export class EgressRules {
  readonly #denied: readonly Rule[]
  readonly #allowed = noBlocks()

  /** @throws {EgressRuleError} that names the flag and the value. */
  constructor({ deny = [], allow = [] }: EgressRuleOptions = {}) {
    for (const text of allow) add(this.#allowed, 'egress-allow', text)
    this.#denied = [
      ...Object.entries(deniedByDefault).map(([cidr, what]) => rule(cidr, `${cidr}, ${what}`)),
      ...deny.map((cidr) => rule(cidr, cidr)),
    ]
  }

  /** The rule that denies an address, none where it may be connected to. What is no address is denied. */
  denial(address: string): string | undefined {
    const ip = ipAddress(address)
    if (ip === undefined) return 'not an address'
    for (const reached of reachedBy(ip)) {
      const denied = this.#denied.find(({ blocks }) => contains(blocks, reached))
      if (denied !== undefined && !contains(this.#allowed, reached)) return denied.text
    }
    return undefined
  }
}

function rule(cidr: string, text: string): Rule {
  const blocks = noBlocks()
  add(blocks, 'egress-deny', cidr)
  return { text, blocks }
}

function noBlocks(): Blocks {
  return { ipv4: new BlockList(), ipv6: new BlockList() }
}

function add(blocks: Blocks, flag: string, text: string): void {
  const cidr = parseCidr(text)
  if (cidr === undefined)
    throw new EgressRuleError(
      `--${flag} is "${text}"; it is a block of addresses or one address, such as 10.0.0.0/8, 192.0.2.7 or fd00::/8`,
    )
  const { text: base, family } = cidr.address
  blocks[family].addSubnet(base, cidr.prefix, family)
}

function contains(blocks: Blocks, { text, family }: IpAddress): boolean {
  return blocks[family].check(text, family)
}

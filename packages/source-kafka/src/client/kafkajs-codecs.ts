import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { lz4Compress, lz4Decompress, snappyCompress, snappyDecompress } from '@platformatic/wasm-utils'
import kafkajs from 'kafkajs'

/** What kafkajs hands over to be made smaller. */
interface Encoder {
  readonly buffer: Buffer
}

/** In front of what Java's library writes: a version of 8 bytes follows, then blocks with their lengths. */
const xerial = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const xerialHeaderBytes = 16
const zstd = { compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) }

/** kafkajs reads gzip alone by itself; topics are as often written with these. */
export function addCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs
  CompressionCodecs[CompressionTypes.Snappy] = () =>
    codec(
      async (bytes) => snappyCompress(bytes),
      async (bytes) => fromSnappy(bytes),
    )
  CompressionCodecs[CompressionTypes.LZ4] = () =>
    codec(
      async (bytes) => lz4Compress(bytes),
      async (bytes) => lz4Decompress(bytes),
    )
  CompressionCodecs[CompressionTypes.ZSTD] = () => codec(zstd.compress, zstd.decompress)
}

type Transform = (bytes: Buffer) => Promise<Buffer>

function codec(compress: Transform, decompress: Transform) {
  return { compress: ({ buffer }: Encoder) => compress(buffer), decompress }
}

function fromSnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, xerial.length).equals(xerial)) return snappyDecompress(bytes)
  const blocks: Buffer[] = []
  for (let at = xerialHeaderBytes; at < bytes.length;) {
    const from = at + 4
    at = from + bytes.readUInt32BE(at)
    blocks.push(snappyDecompress(bytes.subarray(from, at)))
  }
  return Buffer.concat(blocks)
}

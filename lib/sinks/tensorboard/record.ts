/**
 * Frames a record as TensorFlow's TFRecord format does, in which TensorBoard reads its events: length (uint64), masked
 * CRC-32C of the length, the bytes, masked CRC-32C of the bytes; all little-endian.
 */
export function frame(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(12 + bytes.length + 4);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, masked(crc32c(framed.subarray(0, 8))), true);
  framed.set(bytes, 12);
  view.setUint32(12 + bytes.length, masked(crc32c(bytes)), true);
  return framed;
}

/** A checksum stored beside data that holds checksums of its own is rotated and offset (TensorFlow, crc32c.h). */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** CRC-32C, Castagnoli's polynomial, reflected (RFC 3720, appendix B.4). zlib's crc32 has another polynomial. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; ++bit) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

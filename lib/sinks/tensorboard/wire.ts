// Protocol buffers' wire format: a key of field number and wire type, then the value (protobuf.dev, "Encoding").

export function double(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(9);
  buffer[0] = (field << 3) | 1;
  buffer.writeDoubleLE(value, 1);
  return buffer;
}

export function float(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(5);
  buffer[0] = (field << 3) | 5;
  buffer.writeFloatLE(value, 1);
  return buffer;
}

/** Zero is proto3's default and is left out, as its own encoders do. */
export function integer(field: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.from([field << 3, ...varint(value)]);
}

export function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

export function bytes(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(value.length)]), value]);
}

/** Seven bits a byte, the lowest first; steps go beyond 32 bits, so no shifts. */
function varint(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low | 128, ...varint(Math.floor(value / 128))];
}

/** Written though it be false: in a oneof, which of its fields is there says what is given. */
export function truth(field: number, value: boolean): Buffer {
  return Buffer.from([field << 3, value ? 1 : 0]);
}

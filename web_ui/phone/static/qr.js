/* Draws exactly one kind of QR code: version 5, level M, alphanumeric, mask 0 (ISO/IEC 18004). A pass has 121 characters and this
   holds 122. The mask is fixed because a pass is mostly a signature, which is as random as any mask could make it. */

export const SIZE = 37;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const DATA_BYTES = 86; // in two blocks
const BLOCK_BYTES = 43;
const CORRECTION_BYTES = 24; // a block
const FORMAT = 0b101010000010010; // level M, mask 0, with its own correction and mask

/* The dark modules as rows of booleans. */
export function encode(text) {
  const { dark, isTaken } = frame();
  place(interleaved(bytes(text)), dark, isTaken);
  return dark;
}

/* One SVG path, a run of dark modules at a time. */
export function path(rows) {
  let drawn = "";
  rows.forEach((row, y) => {
    for (let x = 0; x < SIZE; x += 1) {
      if (!row[x]) continue;
      let end = x;
      while (end < SIZE && row[end]) end += 1;
      drawn += `M${x} ${y}h${end - x}v1h${x - end}z`;
      x = end;
    }
  });
  return drawn;
}

function bytes(text) {
  let bits = "0010" + text.length.toString(2).padStart(9, "0");
  for (let at = 0; at < text.length; at += 2) {
    const [first, second] = [...text.slice(at, at + 2)].map((letter) => ALPHABET.indexOf(letter));
    bits += second === undefined ? first.toString(2).padStart(6, "0") : (first * 45 + second).toString(2).padStart(11, "0");
  }
  bits += "0000";
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0").slice(0, DATA_BYTES * 8);
  const data = bits.match(/.{8}/g).map((byte) => parseInt(byte, 2));
  for (let pad = 0xec; data.length < DATA_BYTES; pad ^= 0xec ^ 0x11) data.push(pad);
  return data;
}

/* The field of 256 elements, modulo x^8 + x^4 + x^3 + x^2 + 1. */
const POWERS = [1];
for (let n = 1; n < 255; n += 1) POWERS.push((POWERS[n - 1] << 1) ^ (POWERS[n - 1] & 0x80 ? 0x11d : 0));
const LOGS = Object.fromEntries(POWERS.map((power, n) => [power, n]));

function times(a, b) {
  return a && b ? POWERS[(LOGS[a] + LOGS[b]) % 255] : 0;
}

function correction(block) {
  let generator = [1];
  for (let n = 0; n < CORRECTION_BYTES; n += 1) {
    generator = [...generator, 0].map((value, at) => value ^ times(generator[at - 1] ?? 0, POWERS[n]));
  }
  const rest = [...block, ...new Array(CORRECTION_BYTES).fill(0)];
  for (let at = 0; at < block.length; at += 1) {
    const factor = rest[at];
    generator.forEach((value, n) => { rest[at + n] ^= times(value, factor); });
  }
  return rest.slice(block.length);
}

function interleaved(data) {
  const blocks = [data.slice(0, BLOCK_BYTES), data.slice(BLOCK_BYTES)];
  const corrections = blocks.map(correction);
  const woven = (pair) => pair[0].flatMap((value, at) => [value, pair[1][at]]);
  return [...woven(blocks), ...woven(corrections)];
}

/* All that is the same in every code of this kind. */
function frame() {
  const dark = Array.from({ length: SIZE }, () => new Array(SIZE).fill(false));
  const isTaken = Array.from({ length: SIZE }, () => new Array(SIZE).fill(false));
  const set = (x, y, isDark) => { dark[y][x] = isDark; isTaken[y][x] = true; };
  const square = (left, top, reach, isDark) => {
    for (let y = -reach; y <= reach; y += 1) {
      for (let x = -reach; x <= reach; x += 1) {
        const inside = left + x >= 0 && top + y >= 0 && left + x < SIZE && top + y < SIZE;
        if (inside) set(left + x, top + y, isDark(Math.max(Math.abs(x), Math.abs(y))));
      }
    }
  };
  for (let n = 0; n < SIZE; n += 1) { set(n, 6, n % 2 === 0); set(6, n, n % 2 === 0); }
  for (const [x, y] of [[3, 3], [SIZE - 4, 3], [3, SIZE - 4]]) square(x, y, 4, (far) => far !== 2 && far !== 4);
  square(30, 30, 2, (far) => far !== 1);
  for (let n = 0; n < 15; n += 1) {
    const isDark = ((FORMAT >> n) & 1) === 1;
    const at = n < 6 ? n : n < 8 ? n + 1 : SIZE - 15 + n;
    set(8, at, isDark);
    const across = n < 8 ? SIZE - 1 - n : n === 8 ? 7 : 14 - n;
    set(across, 8, isDark);
  }
  set(8, SIZE - 8, true);
  return { dark, isTaken };
}

/* Up and down in columns of two, from the right; the seven bits left over stay light before the mask. */
function place(codewords, dark, isTaken) {
  const bit = (n) => n < codewords.length * 8 && ((codewords[n >> 3] >> (7 - (n & 7))) & 1) === 1;
  let n = 0;
  let isUp = true;
  for (let right = SIZE - 1; right > 0; right -= 2) {
    if (right === 6) right = 5; // the timing pattern's column
    for (let step = 0; step < SIZE; step += 1) {
      const y = isUp ? SIZE - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (isTaken[y][x]) continue;
        dark[y][x] = bit(n) !== ((x + y) % 2 === 0);
        n += 1;
      }
    }
    isUp = !isUp;
  }
}

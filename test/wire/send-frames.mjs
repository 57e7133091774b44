// Sends frames over an interface at a rate, through the ring of the native addon. Run in a network namespace:
//   node send-frames.mjs IFACE RATE COUNT CAPTURE     frames of a capture, over and over; rate 0: as fast as it goes
// Prints one JSON line: frames sent, seconds, frames refused.
import fs from "node:fs";
import { findAddon } from "../../dist/node/native/native-addon.js";

const [name, rateText, countText, capture] = process.argv.slice(2);
const rate = Number(rateText);
const count = Number(countText);
const addon = findAddon();
const memory = new Uint8Array(64 * 1024 ** 2);
const options = { interface: name, version: 2, ignoreOutgoing: true, promiscuous: false };
const small = { blockBytes: 65_536, blockCount: 2, frameBytes: 2048, filter: "" };
const ring = addon.openRing({ ...options, ...small }, memory, new Float64Array(64));

const BATCH = 64;
const frames = readFrames(capture);
const list = new Int32Array(2 * BATCH);
const started = process.hrtime.bigint();
let sent = 0;
let given = 0;
while (given < count) {
  const due = rate === 0 ? count : Math.min(count, Math.floor((seconds() * rate) / 1));
  while (given < due) {
    const size = Math.min(BATCH, due - given);
    for (let i = 0; i < size; i++) {
      const at = 2 * ((given + i) % frames.count);
      list[2 * i] = frames.places[at];
      list[2 * i + 1] = frames.places[at + 1];
    }
    sent += addon.ringSend(ring, list, size);
    given += size;
  }
}
console.log(JSON.stringify({ sent, refused: given - sent, seconds: seconds() }));
addon.ringClose(ring);

function seconds() {
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** Classic pcap, little-endian, as the tests write it. */
function readFrames(file) {
  const bytes = fs.readFileSync(file);
  const places = [];
  let target = 64;
  for (let at = 24; at + 16 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    memory.set(bytes.subarray(at + 16, at + 16 + length), target);
    places.push(target, length);
    target += length + 64;
    at += 16 + length;
  }
  return { places: Int32Array.from(places), count: places.length / 2 };
}

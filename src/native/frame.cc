// Frames into the arena and out again: VLAN tags that the kernel took off are put back, checksums that
// the hardware would have filled in are filled in, so that the engine sees what the wire would carry.
#include "frame.h"

#include <arpa/inet.h>

#include <cstring>

namespace shrike {

static_assert(sizeof(OffloadHeader) == offloadHeaderBytes, "the offload header has ten bytes");

namespace {

constexpr size_t addressBytes = 12;

OffloadHeader readHeader(const uint8_t* start) {
  OffloadHeader header;
  memcpy(&header, start - offloadHeaderBytes, sizeof header);
  return header;
}

void writeHeader(uint8_t* start, const OffloadHeader& header) {
  memcpy(start - offloadHeaderBytes, &header, sizeof header);
}

bool checksumIsInside(const OffloadHeader& header, uint32_t length) {
  return (header.flags & needsChecksum) != 0 &&
         size_t{header.checksumStart} + header.checksumOffset + 2 <= length;
}

// The field holds the sum of the pseudo header: adding the rest completes it.
void fillChecksum(uint8_t* start, uint32_t length, const OffloadHeader& header) {
  uint8_t* field = start + header.checksumStart + header.checksumOffset;
  memcpy(start - hiddenBytes, field, 2);
  uint16_t sum = ~foldedSum(start + header.checksumStart, length - header.checksumStart);
  if (sum == 0) sum = 0xffff;
  memcpy(field, &sum, 2);
}

}  // namespace

uint16_t foldedSum(const uint8_t* bytes, size_t length) {
  uint64_t sum = 0;
  size_t at = 0;
  for (; at + 4 <= length; at += 4) {
    uint32_t word;
    memcpy(&word, bytes + at, 4);
    sum += word;
  }
  uint32_t rest = 0;
  memcpy(&rest, bytes + at, length - at);
  sum += rest;
  while ((sum >> 16) != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(sum);
}

uint32_t placeFrame(uint8_t* target, const ReceivedFrame& frame) {
  uint32_t length = frame.capturedLength;
  OffloadHeader header{};
  if (frame.offloadHeader != nullptr) memcpy(&header, frame.offloadHeader, sizeof header);
  if (frame.hasTag && length >= addressBytes) {
    memcpy(target, frame.bytes, addressBytes);
    const uint16_t protocol = htons(frame.tagProtocol);
    const uint16_t tag = htons(frame.tag);
    memcpy(target + addressBytes, &protocol, 2);
    memcpy(target + addressBytes + 2, &tag, 2);
    memcpy(target + addressBytes + vlanTagBytes, frame.bytes + addressBytes, length - addressBytes);
    length += vlanTagBytes;
    if ((header.flags & needsChecksum) != 0) header.checksumStart += vlanTagBytes;
    if (header.headerLength != 0) header.headerLength += vlanTagBytes;
  } else {
    memcpy(target, frame.bytes, length);
  }
  writeHeader(target, header);
  completeFrame(target, length);
  return length;
}

void completeFrame(uint8_t* start, uint32_t length) {
  OffloadHeader header = readHeader(start);
  if (checksumIsInside(header, length)) {
    fillChecksum(start, length, header);
    return;
  }
  header.flags &= static_cast<uint8_t>(~needsChecksum);
  writeHeader(start, header);
}

void prepareToSend(uint8_t* start, uint32_t length) {
  const OffloadHeader header = readHeader(start);
  if (!checksumIsInside(header, length)) return;
  memcpy(start + header.checksumStart + header.checksumOffset, start - hiddenBytes, 2);
}

}  // namespace shrike

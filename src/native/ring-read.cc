// Reading the ring and sending batches: the part that runs for every packet.
#include <linux/if_packet.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "frame.h"
#include "packet-ring.h"

namespace shrike {

namespace {

constexpr uint32_t defaultTagProtocol = 0x8100;
constexpr uint32_t sendBatchMax = 64;
constexpr int sendWaitMs = 1;
constexpr int sendTriesMax = 20;

uint32_t statusOf(const uint32_t* field) { return __atomic_load_n(field, __ATOMIC_ACQUIRE); }

void giveBack(uint32_t* field) { __atomic_store_n(field, TP_STATUS_KERNEL, __ATOMIC_RELEASE); }

double microseconds(uint32_t seconds, uint32_t nanoseconds) {
  return static_cast<double>(seconds) * 1e6 + static_cast<double>(nanoseconds / 1000);
}

// The fields that both versions of the header have under the same names.
template <typename Header>
ReceivedFrame frameOf(const Header* header, uint16_t tag, uint16_t tagProtocol) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(header) + header->tp_mac;
  const bool hasProtocol = (header->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
  return {bytes,
          header->tp_snaplen,
          bytes - offloadHeaderBytes,
          (header->tp_status & TP_STATUS_VLAN_VALID) != 0,
          static_cast<uint16_t>(hasProtocol ? tagProtocol : defaultTagProtocol),
          tag};
}

// Where the next frame may start: room for the hidden bytes, aligned to 16.
size_t placeFor(size_t at) { return (at + hiddenBytes + 15) & ~size_t{15}; }

template <typename Header>
void writeRow(double* row, const Header* header, size_t start, uint32_t length, uint32_t wireLength) {
  row[columnStart] = static_cast<double>(start);
  row[columnLength] = length;
  row[columnWireLength] = wireLength;
  row[columnTimeUs] = microseconds(header->tp_sec, header->tp_nsec);
}

// Writes one frame and its row; 0 when it does not fit, else the offset past it.
template <typename Header>
size_t take(const Header* header, const ReceivedFrame& frame, uint8_t* arena, size_t at, size_t end,
            double* row) {
  const size_t start = placeFor(at);
  if (start + frameSpace(frame.capturedLength) > end) return 0;
  const uint32_t length = placeFrame(arena + start, frame);
  writeRow(row, header, start, length, header->tp_len + (length - frame.capturedLength));
  return start + length;
}

}  // namespace

uint32_t PacketRing::poll(uint8_t* arena, size_t regionStart, size_t regionEnd, double* table,
                          uint32_t limit) {
  return options_.version == 3 ? pollBlocks(arena, regionStart, regionEnd, table, limit)
                               : pollFrames(arena, regionStart, regionEnd, table, limit);
}

uint32_t PacketRing::pollBlocks(uint8_t* arena, size_t at, size_t end, double* table,
                                uint32_t limit) {
  uint32_t count = 0;
  while (count < limit) {
    auto* block = reinterpret_cast<tpacket_block_desc*>(map_ + size_t{block_} * options_.blockBytes);
    if (next_ == nullptr) {
      if ((statusOf(&block->hdr.bh1.block_status) & TP_STATUS_USER) == 0) return count;
      left_ = block->hdr.bh1.num_pkts;
      next_ = reinterpret_cast<uint8_t*>(block) + block->hdr.bh1.offset_to_first_pkt;
    }
    for (; left_ > 0 && count < limit; left_--, count++) {
      const auto* header = reinterpret_cast<const tpacket3_hdr*>(next_);
      const ReceivedFrame frame = frameOf(header, header->hv1.tp_vlan_tci, header->hv1.tp_vlan_tpid);
      const size_t past = take(header, frame, arena, at, end, table + count * columnCount);
      if (past == 0) return count;
      at = past;
      next_ += header->tp_next_offset;
    }
    if (left_ > 0) return count;
    giveBack(&block->hdr.bh1.block_status);
    next_ = nullptr;
    block_ = block_ + 1 == options_.blockCount ? 0 : block_ + 1;
  }
  return count;
}

uint32_t PacketRing::pollFrames(uint8_t* arena, size_t at, size_t end, double* table,
                                uint32_t limit) {
  uint32_t count = 0;
  const uint32_t frames = framesPerBlock_ * options_.blockCount;
  while (count < limit) {
    const size_t offset = size_t{frame_ / framesPerBlock_} * options_.blockBytes +
                          size_t{frame_ % framesPerBlock_} * options_.frameBytes;
    auto* header = reinterpret_cast<tpacket2_hdr*>(map_ + offset);
    if ((statusOf(&header->tp_status) & TP_STATUS_USER) == 0) return count;
    if ((header->tp_status & TP_STATUS_COPY) != 0) {
      const size_t start = placeFor(at);
      if (start + frameSpace(header->tp_len) > end) return count;
      const uint32_t length = readLongFrame(arena, start, end, header);
      if (length > 0) {
        writeRow(table + count++ * columnCount, header, start, length, length);
        at = start + length;
      }
    } else {
      const ReceivedFrame frame = frameOf(header, header->tp_vlan_tci, header->tp_vlan_tpid);
      const size_t past = take(header, frame, arena, at, end, table + count * columnCount);
      if (past == 0) return count;
      // Cut, and no copy in the socket: it cannot be forwarded, and the row says so by its lengths.
      if (header->tp_snaplen < header->tp_len) counts_.truncated++;
      at = past;
      count++;
    }
    giveBack(&header->tp_status);
    frame_ = frame_ + 1 == frames ? 0 : frame_ + 1;
  }
  return count;
}

// Takes the frame from the socket; its length in the arena, 0 when it is not there.
uint32_t PacketRing::readLongFrame(uint8_t* arena, size_t start, size_t end, const void* ringHeader) {
  const auto* header = static_cast<const tpacket2_hdr*>(ringHeader);
  const bool hasTag = (header->tp_status & TP_STATUS_VLAN_VALID) != 0;
  uint8_t* target = arena + start - offloadHeaderBytes;
  size_t space = end - start - paddingBytes;
  if (hasTag) {
    longFrame_.resize(space + offloadHeaderBytes);
    target = longFrame_.data();
  }
  const ssize_t got = recv(socket_, target, space + offloadHeaderBytes, MSG_DONTWAIT | MSG_TRUNC);
  if (got <= static_cast<ssize_t>(offloadHeaderBytes) ||
      static_cast<size_t>(got) > space + offloadHeaderBytes) {
    counts_.truncated++;
    return 0;
  }
  const auto length = static_cast<uint32_t>(got - offloadHeaderBytes);
  if (!hasTag) {
    completeFrame(arena + start, length);
    return length;
  }
  ReceivedFrame frame = frameOf(header, header->tp_vlan_tci, header->tp_vlan_tpid);
  frame.bytes = target + offloadHeaderBytes;
  frame.offloadHeader = target;
  frame.capturedLength = length;
  return placeFrame(arena + start, frame);
}

uint32_t PacketRing::discard() {
  uint32_t count = 0;
  const uint32_t frames = framesPerBlock_ * options_.blockCount;
  for (; options_.version != 3 && count < frames; count++) {
    const size_t offset = size_t{frame_ / framesPerBlock_} * options_.blockBytes +
                          size_t{frame_ % framesPerBlock_} * options_.frameBytes;
    auto* header = reinterpret_cast<tpacket2_hdr*>(map_ + offset);
    if ((statusOf(&header->tp_status) & TP_STATUS_USER) == 0) break;
    uint8_t rest;
    if ((header->tp_status & TP_STATUS_COPY) != 0) recv(socket_, &rest, 1, MSG_DONTWAIT | MSG_TRUNC);
    giveBack(&header->tp_status);
    frame_ = frame_ + 1 == frames ? 0 : frame_ + 1;
  }
  return count;
}

uint32_t PacketRing::send(uint8_t* arena, const int32_t* frames, uint32_t count) {
  mmsghdr messages[sendBatchMax];
  iovec parts[sendBatchMax];
  uint32_t done = 0;
  uint32_t tries = 0;
  uint32_t failed = 0;
  uint32_t prepared = 0;
  while (done < count) {
    const uint32_t batch = count - done < sendBatchMax ? count - done : sendBatchMax;
    memset(messages, 0, sizeof(mmsghdr) * batch);
    for (uint32_t i = 0; i < batch; i++) {
      uint8_t* start = arena + frames[2 * (done + i)];
      const uint32_t length = frames[2 * (done + i) + 1];
      if (done + i >= prepared) prepareToSend(start, length);
      parts[i] = {start - offloadHeaderBytes, length + offloadHeaderBytes};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    if (done + batch > prepared) prepared = done + batch;
    const int sent = sendmmsg(socket_, messages, batch, MSG_DONTWAIT);
    if (sent > 0) {
      done += sent;
      tries = 0;
      continue;
    }
    const bool mayPass = errno == EAGAIN || errno == ENOBUFS || errno == EINTR;
    if (mayPass && tries++ < sendTriesMax) {
      counts_.sendRetries++;
      pollfd waiting{socket_, POLLOUT, 0};
      ::poll(&waiting, 1, sendWaitMs);
      continue;
    }
    // This one cannot leave (larger than the other side takes, interface down): the others go on.
    failed++;
    done++;
    tries = 0;
  }
  counts_.sent += count - failed;
  counts_.sendFailures += failed;
  return count - failed;
}

}  // namespace shrike

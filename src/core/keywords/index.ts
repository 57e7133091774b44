/**
 * All keywords, sorted by name. The engine is given this list; nothing else in the tree names a keyword.
 */

import type { Keyword } from "../detect/keyword.ts";
import { baseline } from "./anomaly/baseline.ts";
import { beacon } from "./anomaly/beacon.ts";
import { distinct } from "./anomaly/distinct.ts";
import { dnsTunnel } from "./anomaly/dns-tunnel.ts";
import { firstSeen } from "./anomaly/first-seen.ts";
import { portProtocol } from "./anomaly/port-protocol.ts";
import { schedule } from "./anomaly/schedule.ts";
import { sdPattern } from "./anomaly/sd-pattern.ts";
import { volume } from "./anomaly/volume.ts";
import { frame } from "./application/frame.ts";
import { protocolKeywords } from "./application/protocol-keywords.ts";
import { tlsStore } from "./application/tls-store.ts";
import { absent } from "./content/absent.ts";
import { asn1 } from "./content/asn1.ts";
import { base64Data } from "./content/base64-data.ts";
import { base64Decode } from "./content/base64-decode.ts";
import { bsize } from "./content/bsize.ts";
import { byteExtract } from "./content/byte-extract.ts";
import { byteJump } from "./content/byte-jump.ts";
import { byteMath } from "./content/byte-math.ts";
import { byteTest } from "./content/byte-test.ts";
import { content } from "./content/content.ts";
import { depth } from "./content/depth.ts";
import { distance } from "./content/distance.ts";
import { dsize } from "./content/dsize.ts";
import { endsWith } from "./content/endswith.ts";
import { entropy } from "./content/entropy.ts";
import { fastPattern } from "./content/fast-pattern.ts";
import { flowVar } from "./content/flowvar.ts";
import { isDataAt } from "./content/isdataat.ts";
import { nocase } from "./content/nocase.ts";
import { offset } from "./content/offset.ts";
import { pcre } from "./content/pcre.ts";
import { pktData } from "./content/pkt-data.ts";
import { pktVar } from "./content/pktvar.ts";
import { rawBytes } from "./content/rawbytes.ts";
import { replace } from "./content/replace.ts";
import { rpc } from "./content/rpc.ts";
import { startsWith } from "./content/startswith.ts";
import { uriContent } from "./content/uricontent.ts";
import { within } from "./content/within.ts";
import { appLayerEvent } from "./events/app-layer-event.ts";
import { appLayerProtocol } from "./events/app-layer-protocol.ts";
import { appLayerState } from "./events/app-layer-state.ts";
import { decodeEvent } from "./events/decode-event.ts";
import { engineEvent } from "./events/engine-event.ts";
import { streamEvent } from "./events/stream-event.ts";
import { filestore } from "./files/filestore.ts";
import { flow } from "./flow/flow.ts";
import { flowAge } from "./flow/flow-age.ts";
import { flowBytes } from "./flow/flow-bytes.ts";
import { flowBytesToClient } from "./flow/flow-bytes-toclient.ts";
import { flowBytesToServer } from "./flow/flow-bytes-toserver.ts";
import { flowPkts } from "./flow/flow-pkts.ts";
import { flowPktsToClient } from "./flow/flow-pkts-toclient.ts";
import { flowPktsToServer } from "./flow/flow-pkts-toserver.ts";
import { flowbits } from "./flow/flowbits.ts";
import { flowint } from "./flow/flowint.ts";
import { hostbits } from "./flow/hostbits.ts";
import { streamSize } from "./flow/stream-size.ts";
import { xbits } from "./flow/xbits.ts";
import { icmpId } from "./icmp/icmp-id.ts";
import { icmpSeq } from "./icmp/icmp-seq.ts";
import { icmpv4Csum } from "./icmp/icmpv4-csum.ts";
import { icmpv4Hdr } from "./icmp/icmpv4-hdr.ts";
import { icmpv6Csum } from "./icmp/icmpv6-csum.ts";
import { icmpv6Hdr } from "./icmp/icmpv6-hdr.ts";
import { icmpv6Mtu } from "./icmp/icmpv6-mtu.ts";
import { icode } from "./icmp/icode.ts";
import { itype } from "./icmp/itype.ts";
import { fragbits } from "./ip/fragbits.ts";
import { fragoffset } from "./ip/fragoffset.ts";
import { geoip } from "./ip/geoip.ts";
import { id } from "./ip/id.ts";
import { igmpCsum } from "./ip/igmp-csum.ts";
import { igmpHdr } from "./ip/igmp-hdr.ts";
import { igmpType } from "./ip/igmp-type.ts";
import { ipDst } from "./ip/ip-dst.ts";
import { ipProto } from "./ip/ip-proto.ts";
import { ipSrc } from "./ip/ip-src.ts";
import { ipopts } from "./ip/ipopts.ts";
import { ipv4Csum } from "./ip/ipv4-csum.ts";
import { ipv4Hdr } from "./ip/ipv4-hdr.ts";
import { ipv6Hdr } from "./ip/ipv6-hdr.ts";
import { l3Proto } from "./ip/l3-proto.ts";
import { sameip } from "./ip/sameip.ts";
import { tos } from "./ip/tos.ts";
import { ttl } from "./ip/ttl.ts";
import { etherHdr } from "./link/ether-hdr.ts";
import { vlanId } from "./link/vlan-id.ts";
import { vlanLayers } from "./link/vlan-layers.ts";
import { alert } from "./meta/alert.ts";
import { bypass } from "./meta/bypass.ts";
import { classtype } from "./meta/classtype.ts";
import { config } from "./meta/config.ts";
import { gid } from "./meta/gid.ts";
import { lua } from "./meta/lua.ts";
import { metadata } from "./meta/metadata.ts";
import { msg } from "./meta/msg.ts";
import { nfqSetMark } from "./meta/nfq-set-mark.ts";
import { noalert } from "./meta/noalert.ts";
import { priority } from "./meta/priority.ts";
import { reference } from "./meta/reference.ts";
import { requires } from "./meta/requires.ts";
import { rev } from "./meta/rev.ts";
import { sid } from "./meta/sid.ts";
import { tag } from "./meta/tag.ts";
import { target } from "./meta/target.ts";
import { valid } from "./meta/valid.ts";
import { datarep } from "./reputation/datarep.ts";
import { dataset } from "./reputation/dataset.ts";
import { iprep } from "./reputation/iprep.ts";
import { detectionFilter } from "./state/detection-filter.ts";
import { prefilter } from "./state/prefilter.ts";
import { threshold } from "./state/threshold.ts";
import { tcpAck } from "./tcp/tcp-ack.ts";
import { tcpFlags } from "./tcp/tcp-flags.ts";
import { tcpHdr } from "./tcp/tcp-hdr.ts";
import { tcpMss } from "./tcp/tcp-mss.ts";
import { tcpSeq } from "./tcp/tcp-seq.ts";
import { tcpWindow } from "./tcp/tcp-window.ts";
import { tcpWscale } from "./tcp/tcp-wscale.ts";
import { tcpv4Csum } from "./tcp/tcpv4-csum.ts";
import { tcpv6Csum } from "./tcp/tcpv6-csum.ts";
import { compressWhitespace } from "./transforms/compress-whitespace.ts";
import { domain } from "./transforms/domain.ts";
import { dotPrefix } from "./transforms/dotprefix.ts";
import { fromBase64 } from "./transforms/from-base64.ts";
import { gunzip } from "./transforms/gunzip.ts";
import { headerLowercase } from "./transforms/header-lowercase.ts";
import { luaXform } from "./transforms/luaxform.ts";
import { pcreXform } from "./transforms/pcrexform.ts";
import { stripPseudoHeaders } from "./transforms/strip-pseudo-headers.ts";
import { stripWhitespace } from "./transforms/strip-whitespace.ts";
import { subslice } from "./transforms/subslice.ts";
import { tld } from "./transforms/tld.ts";
import { toLowercase } from "./transforms/to-lowercase.ts";
import { toMd5 } from "./transforms/to-md5.ts";
import { toSha1 } from "./transforms/to-sha1.ts";
import { toSha256 } from "./transforms/to-sha256.ts";
import { toUppercase } from "./transforms/to-uppercase.ts";
import { urlDecode } from "./transforms/url-decode.ts";
import { xor } from "./transforms/xor.ts";
import { zlibDeflate } from "./transforms/zlib-deflate.ts";
import { udpHdr } from "./udp/udp-hdr.ts";
import { udpv4Csum } from "./udp/udpv4-csum.ts";
import { udpv6Csum } from "./udp/udpv6-csum.ts";

const parsed: readonly Keyword[] = [
  absent,
  alert,
  appLayerEvent,
  appLayerProtocol,
  appLayerState,
  asn1,
  base64Data,
  base64Decode,
  baseline,
  beacon,
  dnsTunnel,
  bsize,
  bypass,
  byteExtract,
  byteJump,
  byteMath,
  byteTest,
  classtype,
  compressWhitespace,
  config,
  content,
  datarep,
  dataset,
  decodeEvent,
  depth,
  detectionFilter,
  distance,
  distinct,
  domain,
  dotPrefix,
  dsize,
  endsWith,
  engineEvent,
  entropy,
  etherHdr,
  fastPattern,
  filestore,
  firstSeen,
  flow,
  flowAge,
  flowbits,
  flowBytes,
  flowBytesToClient,
  flowBytesToServer,
  flowint,
  flowPkts,
  flowPktsToClient,
  flowPktsToServer,
  flowVar,
  fragbits,
  fragoffset,
  frame,
  fromBase64,
  geoip,
  gid,
  gunzip,
  headerLowercase,
  hostbits,
  icmpId,
  icmpSeq,
  icmpv4Csum,
  icmpv4Hdr,
  icmpv6Csum,
  icmpv6Hdr,
  icmpv6Mtu,
  icode,
  id,
  igmpCsum,
  igmpHdr,
  igmpType,
  ipDst,
  ipopts,
  ipProto,
  iprep,
  ipSrc,
  ipv4Csum,
  ipv4Hdr,
  ipv6Hdr,
  isDataAt,
  itype,
  l3Proto,
  lua,
  luaXform,
  metadata,
  msg,
  nfqSetMark,
  noalert,
  nocase,
  offset,
  pcre,
  pcreXform,
  pktData,
  pktVar,
  portProtocol,
  prefilter,
  priority,
  rawBytes,
  reference,
  replace,
  requires,
  rev,
  rpc,
  sameip,
  schedule,
  sdPattern,
  sid,
  startsWith,
  streamEvent,
  streamSize,
  stripPseudoHeaders,
  stripWhitespace,
  subslice,
  tag,
  target,
  tcpAck,
  tcpFlags,
  tcpHdr,
  tcpMss,
  tcpSeq,
  tcpv4Csum,
  tcpv6Csum,
  tcpWindow,
  tcpWscale,
  threshold,
  tld,
  tlsStore,
  toLowercase,
  toMd5,
  tos,
  toSha1,
  toSha256,
  toUppercase,
  ttl,
  udpHdr,
  udpv4Csum,
  udpv6Csum,
  uriContent,
  urlDecode,
  valid,
  vlanId,
  vlanLayers,
  volume,
  within,
  xbits,
  xor,
  zlibDeflate,
];

export const keywords: readonly Keyword[] = [...parsed, ...protocolKeywords].sort((a, b) =>
  a.name < b.name ? -1 : 1,
);

/**
 * How common bytes and windows of bytes are in network traffic, so that searches look for the rare
 * parts of a pattern: a window of zeros or of "Mozi" would be found, and refuted, all the time.
 *
 * Costs are rough logarithms from the general shape of traffic (text protocols, HTML, binary
 * headers), written by hand and folded in case as the kernels fold; a wrong guess costs time, never
 * a match.
 */

/** Cost of a byte that only random or binary data holds. */
const COST_RARE = 2;

const COSTS: readonly (readonly [string, number])[] = [
  ["\0", 14],
  [" e", 10],
  ["\xff\x01tao", 9],
  ["nisr/.", 8],
  ["\r\n0lhdc", 8],
  ['\x02-=:"123mu<>p;,', 7],
  ["gfwyb\x03\x04\x08\x10\x20468579", 6],
  ["vk_&%()\x05\x06\x07\x40\x80\x90\t'?", 5],
  ["jxzq+*#\\[]{}!|$", 4],
];

/** Texts whose pieces of three and four bytes occur in nearly every capture. */
const COMMON_TEXTS: readonly string[] = [
  "GET /index.html HTTP/1.1\r\nHost: www.\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; ",
  "Win64; x64)",
  "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/ Safari/537.36\r\nAccept: ",
  "text/html,application/",
  "xhtml+xml,application/xml;q=0.9,image/*;q=0.8,*/*\r\nAccept-Language: ",
  "en-US,en\r\nAccept-Encoding: ",
  "gzip, deflate, br\r\nConnection: keep-alive\r\nReferer: http://www.\r\nCookie: ",
  "session=\r\nPOST /",
  "HTTP/1.1 200 OK\r\nDate: \r\nServer: Apache\r\nContent-Type: text/html; ",
  "charset=utf-8\r\nContent-Length: ",
  "Cache-Control: no-cache, max-age=0\r\nTransfer-Encoding: chunked\r\nSet-Cookie: path=/; ",
  "expires=\r\n\r\n",
  "Last-Modified: GMT\r\nETag: \r\nLocation: https://www.\r\nContent-Disposition: ",
  "attachment; filename=",
  "application/x-www-form-urlencoded application/json application/octet-stream ",
  "multipart/form-data",
  '<html><head><title></title></head><body><div class=""><script ',
  'type="text/javascript"></script>',
  '<!DOCTYPE html><meta http-equiv= content=><link rel="stylesheet" href=""><a ',
  'href="http://www.w3.org',
  "function(){return this.document.getElementById(var = new if(  ) else  .length;  ",
  "}</style><img src=",
  '<input type="hidden" name="" value=""><table><tr><td></td></tr></table><span></span><br ',
  "/></p>",
  "MSIE 6.0; Windows NT 5.1; SV1; .NET CLR 2.0.50727; Trident/ rv:11.0) like Gecko ",
  "Firefox/ Linux x86_64",
  ".com .net .org .info .php?id= .asp .exe .jpg .png .gif .css .js &id= ?q= %20 %2f .html ",
  "/ ://",
  "This program cannot be run in DOS mode. kernel32.dll GetProcAddress LoadLibraryA .text ",
  ".data",
  "220 ready\r\nUSER anonymous\r\nPASS \r\n250 OK\r\nMAIL FROM:<>\r\nRCPT ",
  "TO:<>\r\nSubject: \r\nMIME-Version: 1.0",
  "the and ing tion with that for are this have from your will not of is it in on an as by or be to was ",
  "can has been only which when name file files list work page more other time user users some there ",
  "all each call called make made used uses using build system command process change before after ",
  "self. class= class code const let string pack package module import export return function object ",
  "script error default require include define public static void int char index.html /code> <code ",
  "ection ation able ment ness ence ance ature ution ating ight ound ough ression duction ",
  "Content-Length: nginx\r\nETag: W/ Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nVary: Accept-Encoding ",
  '</a></li><li><a href="#"><p><pre></pre></code></div><span class=""></span>\n<!-- --> </td></tr> ',
  "==== ---- **** #### //// ____ .... \t\t\t\t \r\n\r\n",
  "    ",
  "\xff\xff\xff\xff",
  "\0\0\0\x01\0\0\0\x02\0",
];

const COST_OF_COMMON_WINDOW = 24;
const COST_OF_COMMON_THREE = 12;
const PIECE_BITS = 13;
const HASH_MULTIPLIER = 0x9e3779b1;

const byteCosts = makeByteCosts();
const commonPieces = makeCommonPieces(4);
const commonThrees = makeCommonPieces(3);

/** Four bytes in little-endian order, folded in case the way the kernels do. */
export function foldWindow(window: number): number {
  return window | ((window & 0x40404040) >>> 1);
}

/** Folded window of the `width` (1 to 4) bytes at `offset`. */
export function windowAt(bytes: Uint8Array, offset: number, width: number): number {
  let window = 0;
  for (let index = width - 1; index >= 0; index--) window = (window << 8) | bytes[offset + index]!;
  return foldWindow(window);
}

/** Cost of looking for this byte: about 1.5 times the logarithm of how often traffic holds it. */
export function byteCost(byte: number): number {
  return byteCosts[foldWindow(byte) & 255]!;
}

/** Cost of looking for a folded window of `width` bytes. */
export function windowCost(window: number, width: number): number {
  let cost = 0;
  for (let index = 0; index < width; index++) cost += byteCosts[(window >>> (8 * index)) & 255]!;
  if (width === 4 && commonPieces[hashOf(window)] !== 0) cost += COST_OF_COMMON_WINDOW;
  if (width === 3 && commonThrees[hashOf(window)] !== 0) cost += COST_OF_COMMON_THREE;
  return cost;
}

/**
 * Places of the two rarest bytes of a pattern, in bits 0-15 and 16-31; the same place for one byte.
 */
export function choosePlaces(pattern: Uint8Array): number {
  const length = Math.min(pattern.length, 0xffff);
  let first = 0;
  let second = length > 1 ? 1 : 0;
  for (let place = 1; place < length; place++) {
    const cost = byteCost(pattern[place]!);
    if (cost < byteCost(pattern[first]!)) {
      second = first;
      first = place;
    } else if (cost < byteCost(pattern[second]!)) {
      second = place;
    }
  }
  return first | (second << 16);
}

function hashOf(window: number): number {
  return Math.imul(window, HASH_MULTIPLIER) >>> (32 - PIECE_BITS);
}

function makeByteCosts(): Uint8Array {
  const costs = new Uint8Array(256).fill(COST_RARE);
  for (const [characters, cost] of COSTS) {
    for (const character of characters) {
      const byte = foldWindow(character.charCodeAt(0)) & 255;
      costs[byte] = Math.max(cost, costs[byte]!);
    }
  }
  return costs;
}

function makeCommonPieces(width: number): Uint8Array {
  const pieces = new Uint8Array(1 << PIECE_BITS);
  for (const text of COMMON_TEXTS) {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    for (let at = 0; at + width <= bytes.length; at++)
      pieces[hashOf(windowAt(bytes, at, width))] = 1;
  }
  return pieces;
}

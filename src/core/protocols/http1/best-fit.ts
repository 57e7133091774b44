/**
 * Characters outside Latin-1 and the byte that Windows-1252 has in their place ("best fit", as Microsoft maps
 * them): servers turn `%uFF0F` or a fullwidth slash in UTF-8 into a plain one, and so must who watches them.
 */

/** First code point in hex, a colon, and what the characters from there on become. */
const RUNS =
  "100:AaAaAaCcCcCcCcDd 111:dEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi 134:JjKk 139:LlLlLl 141:LlNnNnNn " +
  "14c:OoOoOo 154:RrRrRrSsSsSsSs 162:TtTtTtUuUuUuUuUuUuWwYy 179:Z 17b:Zz 180:b 197:I 19a:l 19f:OOo " +
  "1ab:t 1ae:TUu 1b6:z 1c0:| 1c3:! 1cd:AaIiOoUuUuUuUuUu 1de:Aa 1e4:GgGgKkOoOo 1f0:j 261:g 2b9:'\" " +
  "2bc:' 2c4:^ 2c8:' 2cb:` 2cd:_ 300:` 302:^~ 30e:\" 331:__ 37e:; 393:G 398:T 3a3:S 3a6:F 3a9:O " +
  "3b1:a 3b4:de 3c0:p 3c3:st 3c6:f 4bb:h 589:: 66a:% 2010:-- 2017:= 2032:' 2035:` 2044:/ 2074:45678 " +
  "207f:n0123456789 20a7:P 2102:C 2107:E 210a:gHHHh 2110:IILl 2115:N 2118:PPQRRR 2124:Z 2128:Z 212a:K " +
  "212c:BCeeEF 2133:Mo 2212:- 2215:/\\* 221a:v 221e:8 2223:| 2229:n 2236:: 223c:~ 2261:= 2264:== " +
  "2303:^ 2320:() 2329:<> 2500:- 250c:+ 2510:+ 2514:+ 2518:+ 251c:+ 252c:- 2534:- 253c:+ 2550:- " +
  "2552:++++++++++++ 2564:------+++ 2584:_ 2758:| 3008:<> 301a:[]";
/** Spaces of all widths. */
const SPACES = [0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x3000];

const FULLWIDTH_FIRST = 0xff01;
const FULLWIDTH_LAST = 0xff5e;

const table: ReadonlyMap<number, number> = buildTable();

/** The byte for a code point from 0x100 on; `replacement` where there is none. */
export function bestFit(codePoint: number, replacement: number): number {
  if (codePoint >= FULLWIDTH_FIRST && codePoint <= FULLWIDTH_LAST) {
    return codePoint - FULLWIDTH_FIRST + 0x21;
  }
  return table.get(codePoint) ?? replacement;
}

function buildTable(): Map<number, number> {
  const made = new Map<number, number>();
  for (const run of RUNS.split(" ")) {
    const colon = run.indexOf(":");
    const first = Number.parseInt(run.slice(0, colon), 16);
    for (let i = 0; colon + 1 + i < run.length; i++) {
      made.set(first + i, run.charCodeAt(colon + 1 + i));
    }
  }
  for (const space of SPACES) made.set(space, 0x20);
  return made;
}

/**
 * Public suffixes of two and more labels: names under which anyone can register. One line a top-level domain,
 * the labels below it; `*` any label, `!` an exception to that. Top-level domains themselves need no entry.
 * A selection (registries' own second levels, and the best-known hosts of customers' sites), not the whole list
 * of publicsuffix.org: a name below a suffix that is missing here counts as one label longer.
 */
export const publicSuffixes = `
ac com edu gov mil net org
ae ac co gov mil net org sch
af com edu gov net org
ag co com net nom org
ai com net off org
al com edu gov mil net org
am co com commune net org
ao co ed gv it og pb
ar com edu gob gov int mil musica mutual net org senasa tur
at ac co gv or
au asn com conf edu gov id net org oz
az biz com edu gov info int mil name net org pp pro
ba com edu gov mil net org
bb biz co com edu gov info net org store tv
bd *
bg a b c d e f g h i j k l m n o p q r s t u v w x y z
bh com edu gov net org
bi co com edu or org
bm com edu gov net org
bn com edu gov net org
bo com edu gob int mil net org tv web
br adm adv agr am arq art blog bio coop com ecn eco edu eng esp etc eti far flog fm fnd fot fst g12 gov ind inf jor jus leg lel mat med mil mus net not ntr odo org ppg pro psc psi qsl radio rec slg srv taxi tec teo tmp trd tur tv vet vlog wiki zlg
bs com edu gov net org
bt com edu gov net org
bw co org
by com gov mil of
bz com edu gov net org
ca ab bc gc mb nb nf nl ns nt nu on pe qc sk yk
ci ac asso co com ed edu go int net or org
ck * !www
cl co gob gov mil
cm co com gov net
cn ac ah bj com cq edu fj gd gov gs gx gz ha hb he hi hk hl hn jl js jx ln mil mo net nm nx org qh sc sd sh sn sx tj tw xj xz yn zj
co com edu gov mil net nom org
com africa ar br cn de eu gr hu jpn kr mex no qc ru sa uk us uy za appspot blogspot dyndns-at-home dyndns-ip firebaseapp herokuapp myshopify onrender
cr ac co ed fi go or sa
cu com edu inf net org
cv com edu int nome org
cw com edu net org
cy ac biz com ekloges gov ltd mil net org press pro tm
de com
dev pages workers vercel
dm com edu gov net org
do art com edu gob gov mil net org sld web
dz art asso com edu gov net org pol soc tm
ec com edu fin gob gov info k12 med mil net org pro
ee aip com edu fie gov lib med org pri riik
eg com edu gov mil name net org sci
er *
es com edu gob nom org
et biz com edu gov info name net org
fi aland
fj ac biz com gov info mil name net org pro
fk *
fm com edu net org
fr asso avocat com cci chambagri nom prd tm gouv
gd edu gov
ge com edu gov mil net org pvt
gg co net org
gh com edu gov mil org
gi com edu gov ltd mod org
gl co com edu net org
gn ac com edu gov net org
gp asso com edu mobi net org
gr com edu gov net org
gt com edu gob ind mil net org
gu com edu gov guam info net org web
gy co com edu gov net org
hk com edu gov idv net org
hn com edu gob mil net org
hr com from iz name
ht adult art asso com coop edu firm gouv info med net org perso pol pro rel shop
hu 2000 agrar bolt casino city co erotica erotika film forum games hotel info ingatlan jogasz konyvelo lakas media news org priv reklam sex shop sport suli szex tm tozsde utazas video
id ac biz co desa go mil my net or ponpes sch web
ie gov
il ac co gov idf k12 muni net org
im ac co com net org tt tv
in ac co edu firm gen gov ind mil net nic org res
io com github gitlab ngrok
iq com edu gov mil net org
ir ac co gov id net org sch
is com edu gov int net org
it edu gov
je co net org
jm *
jo com edu gov mil name net org sch
jp ac ad co ed go gr lg ne or aichi akita aomori chiba ehime fukui fukuoka fukushima gifu gunma hiroshima hokkaido hyogo ibaraki ishikawa iwate kagawa kagoshima kanagawa kochi kumamoto kyoto mie miyagi miyazaki nagano nagasaki nara niigata oita okayama okinawa osaka saga saitama shiga shimane shizuoka tochigi tokushima tokyo tottori toyama wakayama yamagata yamaguchi yamanashi
ke ac co go info me mobi ne or sc
kg com edu gov mil net org
kh *
ki biz com edu gov info net org
km com edu gov mil nom org prd tm
kn edu gov net org
kp com edu gov org rep tra
kr ac busan chungbuk chungnam co daegu daejeon es gangwon go gwangju gyeongbuk gyeonggi gyeongnam hs incheon jeju jeonbuk jeonnam kg mil ms ne or pe re sc seoul ulsan
kw com edu emb gov ind net org
ky com edu net org
kz com edu gov mil net org
la com edu gov info int net org per
lb com edu gov net org
lc co com edu gov net org
lk ac assn com edu gov grp hotel int ltd net ngo org sch soc web
lr com edu gov net org
ls ac biz co edu gov info net org sc
lv asn com conf edu gov id mil net org
ly com edu gov id med net org plc sch
ma ac co gov net org press
mc asso tm
me ac co edu gov its net org priv
mg co com edu gov mil nom org prd
mk com edu gov inf name net org
ml com edu gouv gov net org presse
mm *
mn edu gov org
mo com edu gov net org
ms com edu gov net org
mt com edu net org
mu ac co com gov net or org
mv aero biz com coop edu gov info int mil museum name net org pro
mw ac biz co com coop edu gov int net org
mx com edu gob net org
my biz com edu gov mil name net org
mz ac adv co edu gov mil net org
na co com
nc asso nom
net gb hu jp se uk in azurewebsites cloudapp cloudfront akamaized edgekey edgesuite dynalias ddns
nf arts com firm info net other per rec store web
ng com edu gov i mil mobi name net org sch
ni ac biz co com edu gob in info int mil net nom org web
nl co
no co fhs folkebibl fylkesbibl herad idrett kommune mil museum priv stat vgs
np *
nr biz com edu gov info net org
nz ac co cri geek gen govt health iwi kiwi maori mil net org parliament school
om co com edu gov med museum net org pro
org ae eu us dyndns homedns homelinux
pa abo ac com edu gob ing med net nom org sld
pe com edu gob mil net nom org
pf com edu org
pg *
ph com edu gov i mil net ngo org
pk biz com edu fam gob gok gon gop gos gov info net org web
pl agro aid atm auto biz com edu gmina gov gsm info mail media miasta mil net nieruchomosci nom org pc powiat priv realestate rel sex shop sklep sos szkola targi tm tourism travel turystyka waw
pn co edu gov net org
pr ac biz com edu est gov info isla name net org pro prof
ps com edu gov net org plo sec
pt com edu gov int net nome org publ
pw co ed go ne or
py com coop edu gov mil net org
qa com edu gov mil name net org sch
re asso com nom
ro arts com firm info nom nt org rec store tm www
rs ac co edu gov in org
ru ac com edu gov int mil msk net org pp spb
rw ac co coop gov mil net org
sa com edu gov med net org pub sch
sb com edu gov net org
sc com edu gov net org
sd com edu gov info med net org tv
se a ac b bd brand c d e f fh fhsk fhv g h i k komforb kommunalforbund komvux l lanbib m n naturbruksgymn o org p parti pp press r s t tm u w x y z
sg com edu gov net org
sh com gov mil net org
sl com edu gov net org
sn art com edu gouv org perso univ
so com edu gov me net org
ss biz co com edu gov me net org
st co com consulado edu embaixada mil net org principe saotome store
sv com edu gob org red
sy com edu gov mil net org
sz ac co org
th ac co go in mi net or
tj ac biz co com edu go gov int mil name net nic org test web
tm co com edu gov mil net nom org
tn com ens fin gov ind info intl mincom nat net org perso tourism
to com edu gov mil net org
tr av bbs bel biz com dr edu gen gov info k12 kep mil name net org pol tel tsk tv web
tt biz co com edu gov info name net org pro
tw club com ebiz edu game gov idv mil net org
tz ac co go hotel info me mil mobi ne or sc tv
ua cherkasy chernigov com crimea dnipropetrovsk donetsk edu gov in kharkov kherson khmelnitskiy kiev kirovograd kr kyiv lg lugansk lutsk lviv mykolaiv net nikolaev od odesa odessa org poltava rivne rovno sevastopol sumy te ternopil uzhgorod vinnica vn volyn yalta zaporizhzhe zhitomir zp zt
ug ac co com go ne or org sc
uk ac co gov ltd me net nhs org plc police
us dni fed isa kids nsn ak al ar az ca co ct dc de fl ga hi ia id il in ks ky la ma md me mi mn mo ms mt nc nd ne nh nj nm nv ny oh ok or pa pr ri sc sd tn tx ut va vt wa wi wv wy
uy com edu gub mil net org
uz co com net org
vc com edu gov mil net org
ve arts bib co com e12 edu firm gob gov info int mil net nom org rec store tec web
vi co com k12 net org
vn ac biz com edu gov health info int name net org pro
vu com edu net org
ws com edu gov net org
ye com edu gov mil net org
za ac agric alt co edu gov law mil net ngo nic nis nom org school tm web
zm ac biz co com edu gov info mil net org
zw ac co gov mil org
sch.uk *
kawasaki.jp * !city
kitakyushu.jp * !city
kobe.jp * !city
nagoya.jp * !city
sapporo.jp * !city
sendai.jp * !city
yokohama.jp * !city
amazonaws.com s3 s3-eu-west-1 s3-us-west-2
`;

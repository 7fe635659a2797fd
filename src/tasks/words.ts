/**
 * Common English words, lower-case, each once, in alphabetical order: the alphabet `words`. The list was written for
 * this project. Which words it has, and in which order, determines every instance drawn from it, so it is not
 * extended: another list is another alphabet.
 */
export const WORDS = `
able about above accept access accident account ache achieve acid acorn across act action active actor
actual add address admire admit adopt adult advance advice affair afford afraid after afternoon again
against age agency agent ago agree ahead aid aim air aircraft airport alarm album alert alien alike alive
all alley allow almond almost alone along aloud alphabet already also alter although always amaze among
amount ample amuse anchor ancient angel anger angle angry animal ankle announce annual another answer ant
antique anxious any anyone anything apart apology appeal appear apple apply approach apricot april apron
arch area arena argue arise arm armchair army around arrange arrest arrive arrow art article artist ash
aside ask asleep aspect assist assume athlete atlas atom attach attempt attend attic attract audience
august aunt author autumn avenue average avoid awake award aware away awful awkward axe axis baby back
backpack bacon badge bag bake baker balance balcony ball balloon bamboo banana band bandage bank banner
bar barber bare bargain bark barn barrel barrier base basic basin basket bat bath battery battle bay beach
bead beak beam bean bear beard beast beat beautiful beauty beaver because become bed bedroom bee beef
beetle before beg begin behave behind being belief believe bell belong below belt bench bend beneath
benefit berry beside best better between beyond bicycle big bike bill billion bind biology birch bird
birth birthday biscuit bishop bit bite bitter black blackboard blade blame blank blanket blaze blend bless
blind blink block bloom blossom blouse blow blue blunt blush board boat body boil bold bolt bone bonfire
bonus book bookshop boot border bore borrow boss both bother bottle bottom bounce boundary bow bowl box
boy bracelet brain brake branch brand brass brave bread break breakfast breath breathe breeze brick bride
bridge brief bright brilliant bring broad broccoli bronze brook broom brother brown brush bubble bucket
bud budget buffalo bug build building bulb bull bunch bundle burden burn burst bury bus bush business busy
but butcher butter butterfly button buy buyer buzz cabbage cabin cabinet cable cactus cafe cage cake
calculate calendar calf call calm camel camera camp campaign can canal cancel candidate candle candy
cannon canoe canvas cap capable capital captain capture car caravan carbon card cardboard care career
careful cargo carnival carpenter carpet carriage carrot carry cart cartoon carve case cash castle casual
cat catalog catch cathedral cattle cause cave ceiling celebrate celery cell cellar cement center central
century cereal certain chain chair chalk challenge chamber champion chance change channel chapel chapter
character charge charity charm chart chase chat cheap check cheek cheer cheerful cheese chef chemical
cherry chess chest chestnut chew chicken chief child childhood chimney chin chip chocolate choice choir
choose chop chorus church cider cinema circle circus citizen city civil claim clap class classic classroom
claw clay clean clear clerk clever client cliff climate climb clinic clip cloak clock close closet cloth
clothes cloud clover clown club clue clumsy coach coal coast coat cobweb coconut code coffee coin cold
collar collect college colony color column comb combine come comedy comfort comic command comment commerce
commit common company compare compass compete complain complete complex computer concept concern concert
conclude concrete condition conduct confess confident confirm confuse connect consider consist constant
construct contact contain content contest context continue contract contrast control convince cook cookie
cool copper copy coral cord core cork corn corner correct corridor cost costume cottage cotton couch cough
could council count counter country county couple courage course court cousin cover cow cozy crab crack
cradle craft crane crash crater crawl crayon cream create creature credit creek crew cricket crime crisis
crisp critic crocodile crop cross crow crowd crown cruel cruise crumb crush crust cry crystal cube
cucumber cup cupboard cure curious curl current curry curtain curve cushion custom customer cut cute cycle
cylinder daily dairy daisy damage damp dance danger dare dark darling data date daughter dawn day deaf
deal dear debate debt decade december decent decide decimal deck declare decline decorate deep deer defend
define degree delay delicate delicious delight deliver demand dentist depart depend deposit depth deputy
describe desert deserve design desire desk dessert destroy detail detect develop device devote dial
diamond diary dictionary differ different difficult dig digital dignity dinner dinosaur direct direction
dirt disagree disappear discover discuss disease dish dismiss display distance distant district disturb
ditch dive divide doctor document dog doll dollar dolphin domain domestic donkey door dot double doubt
dough dove down dozen draft dragon drain drama draw drawer drawing dream dress drift drill drink drive
driver drop drum dry duck due dull dune during dust duty each eager eagle ear early earn earth earthquake
ease east easy eat echo economy edge edit educate effect effort egg eight eighteen eighty either elbow
elder elect electric elegant element elephant elevator eleven elf else embrace emerald emerge emotion
empire employ empty enable encourage end enemy energy engage engine engineer enjoy enormous enough ensure
enter entire entrance envelope envy equal equip era error escape essay estate estimate eternal even
evening event ever every everyone evidence exact exam examine example excellent except exchange excite
excuse exercise exhibit exist exit expand expect expensive experience expert explain explode explore
export express extend extra extreme eye eyebrow fabric face fact factor factory fade fail faint fair fairy
faith falcon fall false fame familiar family famous fan fancy far fare farm farmer farther fashion fast
fasten fate father fault favor favorite fear feast feather feature february federal feed feel fellow
female fence fern ferry festival fetch fever few fiber fiction field fierce fifteen fifty fig figure file
fill film filter final finance find fine finger finish fire fireman fireplace firm first fish fisherman
fist fit five fix flag flake flame flash flat flavor flee fleet flesh flight float flock flood floor flour
flow flower fluid flute fly foam focus fog fold folk follow food fool foot football for forbid force
forecast forehead foreign forest forever forget forgive fork form formal former fort fortnight fortune
forty forward fossil found fountain four fourteen fox fraction frame free freedom freeze frequent fresh
friday fridge friend friendship frog from front frost frown fruit fry fuel full fun function funny fur
furniture further future gain galaxy gallery gallon game gap garage garden garlic garment gas gate gather
gaze gear gem general generous genius gentle gentleman genuine geography giant gift giraffe girl give
glacier glad glance glass glide glimpse globe gloomy glory glove glow glue goal goat gold golden golf good
goodbye goose govern government gown grab grace grade gradual grain grammar grand grandfather grandmother
granite grape grapefruit graph grasp grass grateful grave gravel gravity gray grease great greedy green
greet grey grief grill grin grind grip grocery groom ground group grove grow growth guarantee guard guess
guest guide guilty guitar gulf gum gym habit hail hair haircut half hall hallway halt ham hamburger hammer
hand handbag handkerchief handle handsome handy hang happen happy harbor hard harmony harp harsh harvest
hat hatch have hawk hay hazel head headache heal health heap hear heart heat heaven heavy hedge heel
height helicopter hello helmet help hen herb herd here hero hesitate hide high hike hill hint hip hire
history hit hobby hockey hold hole holiday hollow holy home homework honest honey honor hood hoof hook hop
hope horizon horn horse hospital host hostel hot hotel hour house household how however huge human humble
humor hundred hunger hungry hunt hurry hurt husband hut hymn ice iceberg icing icon idea ideal identify
idle igloo ignore ill illness image imagine imitate immediate import important impress improve inch
include income increase indeed indoor industry infant inform initial injure ink inn inner innocent inquire
insect inside insist inspect inspire instant instead institute instrument insult insurance intend interest
internal internet interview into introduce invade invent invest invite iron island issue itch item ivory
ivy jacket jaguar jam january jar jaw jazz jealous jeans jelly jewel jewelry job jog join joint joke jolly
journal journey joy judge juice juicy july jump june jungle junior jury just justice kangaroo keen keep
kennel kettle key keyboard kick kid kidney kilometer kind king kingdom kiss kit kitchen kite kitten knee
kneel knife knight knit knob knock knot know knowledge koala label labor laboratory lace ladder lady lake
lamb lamp land landlord landmark landscape lane language lantern lap large laser last late laugh laundry
lava law lawn lawyer lay layer lazy lead leader leaf league leak lean leap learn least leather leave
lecture left leg legal legend lemon lemonade lend length lens leopard less lesson letter lettuce level
lever liberty library lid lie life lift light lighthouse lightning like likely lily limb lime limit line
linen link lion lip liquid list listen liter literature little live lively liver lizard load loaf loan
lobby lobster local lock locomotive log logic lonely long look loop loose lord lorry lose loss lot loud
lounge love lovely low loyal luck lucky luggage lumber lunch lung luxury machine magazine magic magnet
maid mail main maintain major make male mammal man manage mango manner mansion mantle manual many map
maple marble march margin marine mark market marriage marry marsh mask mass master mat match mate material
mathematics matter mattress mature maximum may maybe mayor maze meadow meal mean measure meat mechanic
medal medicine medium meet melody melon melt member memory mend mention menu mercy mere merit merry mess
message metal meter method midday middle midnight might mild mile military milk mill million mind mine
mineral minimum minister minor mint minute miracle mirror misery miss mission mist mistake mix mixture
mobile model modern modest moment monday money monk monkey monster month monument mood moon moonlight
moral more morning mosquito moss most moth mother motion motor mountain mouse mouth move movement movie
much mud muffin mug mule multiply muscle museum mushroom music musician must mustard mutual mystery myth
nail name napkin narrow nation native natural nature naughty navy near nearby neat necessary neck necklace
need needle neglect neighbor neither nephew nerve nest net network never new news newspaper next nice
nickel niece night nine nineteen ninety nobody nod noise noisy none noodle noon nor normal north nose note
notebook nothing notice noun novel november now nowhere number nurse nut nylon oak oar oasis oath oats
obey object observe obtain obvious occasion occupy occur ocean october octopus odd offer office officer
official often oil old olive omelet once one onion only onto open opera operate opinion oppose opposite
option orange orbit orchard orchestra order ordinary organ organize origin orphan ostrich other otter
ought ounce outdoor outer outfit outline outside oval oven over owe owl own owner oxygen oyster pace pack
package packet paddle page pain paint painter pair pajamas palace pale palm pan pancake panda panel panic
pants paper parade paradise parcel pardon parent park parliament parrot parsley part particle particular
partner party pass passage passenger passion passport past pasta paste pastry pasture patch path patience
patient patrol pattern pause pavement paw pay pea peace peach peacock peak peanut pear pearl pebble pedal
peel pen penalty pencil penguin penny people pepper perfect perform perfume perhaps period permit person
pet petal petrol phone photo phrase physics piano pick pickle picnic picture pie piece pier pig pigeon
pile pill pillow pilot pin pinch pine pineapple pink pint pioneer pipe pirate pit pitch pizza place plain
plan planet plank plant plastic plate platform play player playground pleasant please pleasure plenty plot
plow plug plum plumber plural plus pocket poem poet poetry point polar pole police policy polish polite
pond pony pool poor pop popular porch port porter portion portrait position positive possess possible post
postcard poster postman pot potato pottery pound pour powder power practice praise pray prayer precious
precise predict prefer prepare present preserve president press pressure pretend pretty prevent previous
price pride priest primary prince princess principal print prison private prize probable problem process
produce product profession professor profit program progress project promise proof proper property protect
protest proud prove provide public pudding pull pulse pump pumpkin punch punish pupil puppet puppy
purchase pure purple purpose purse push put puzzle pyramid quality quantity quarrel quarter queen question
queue quick quiet quilt quit quite quiz quote rabbit raccoon race rack radar radio radish raft rag rail
railway rain rainbow raincoat raise raisin ram ranch random range rank rapid rare rather ratio raw ray
razor reach react read ready real realize really rear reason receive recent recipe recite recognize record
recover rectangle red reduce reed reef refer reflect refuse regard region register regret regular reject
relate relative relax release relief rely remain remark remember remind remote remove rent repair repeat
replace reply report request require rescue research reserve resist respect respond rest restaurant result
retire return reveal review reward rhyme rhythm ribbon rice rich ride ridge right ring ripe rise risk
rival river road roar roast rob robe robin robot rock rocket rod role roll roof room root rope rose rotten
rough round route routine row royal rub rubber rubbish rude rug ruin rule ruler rumor run rural rush rust
sack sacred sad saddle safe safety sail sailor saint sake salad salary sale salmon salt salute same sample
sand sandal sandwich satellite satisfy saturday sauce saucer sausage save saw say scale scar scarce scare
scarf scatter scene scent schedule scheme scholar school science scissors scold score scout scrape scratch
scream screen screw script sea seal search season seat second secret secretary section secure see seed
seek seem seize seldom select self sell send senior sense sentence separate september series serious
servant serve service session set settle seven seventeen seventy several severe sew shade shadow shake
shallow shame shape share shark sharp shave shed sheep sheet shelf shell shelter shepherd shield shift
shine ship shirt shiver shock shoe shop shore short shoulder shout shovel show shower shrimp shrink shrug
shut shy sick side sidewalk siege sigh sight sign signal silence silent silk silly silver similar simple
since sing single sink sister sit site situation six sixteen sixty size skate sketch ski skill skin skirt
sky sled sleep sleeve slice slide slight slip slipper slope slow small smart smell smile smoke smooth
snack snail snake sneeze snow snowball soak soap soccer social society sock soda sofa soft soil soldier
sole solid solution solve some somebody son song soon sore sorrow sorry sort soul sound soup sour source
south space spade spare spark sparrow speak spear special species speech speed spell spend sphere spice
spider spill spin spinach spirit splash split spoil sponge spoon sport spot spray spread spring sprout
square squash squeeze squirrel stable stack stadium staff stage stain stair stamp stand standard star
stare start state statement station statue stay steady steak steal steam steel steep steer stem step stern
stew stick stiff still sting stir stitch stock stocking stomach stone stool stop store stork storm story
stove straight strange stranger strap straw strawberry stream street strength stress stretch strict strike
string strip stripe stroke strong structure struggle student studio study stuff stumble style subject
submit substance subtract suburb subway succeed success such sudden suffer sugar suggest suit suitcase sum
summer summit sun sunday sunflower sunny sunrise sunset sunshine super supper supply support suppose sure
surface surgeon surprise surround survive suspect swallow swamp swan swarm swear sweat sweater sweep sweet
swell swift swim swing switch sword symbol system table tablet tail tailor take tale talent talk tall tame
tan tank tap tape target task taste tax taxi tea teach teacher team tear tease technique telephone
telescope television tell temper temperature temple ten tenant tend tender tennis tent term terrible test
text than thank that theater theme then theory there thermometer thick thief thin thing think third
thirsty thirteen thirty this thorn thorough though thought thousand thread threat three throat throne
through throw thumb thunder thursday thus ticket tide tidy tie tiger tight tile till timber time tin tiny
tip tire tired tissue title toad toast today toe together toilet tomato tomorrow tone tongue tonight tool
tooth toothbrush top topic torch tornado tortoise total touch tough tour tourist toward towel tower town
toy trace track tractor trade tradition traffic trail train transfer translate transport trap travel tray
treasure treat treaty tree tremble trial triangle tribe trick trip triumph trolley troop tropical trouble
trousers trout truck true trumpet trunk trust truth try tube tuesday tug tulip tumble tune tunnel turkey
turn turnip turtle tutor twelve twenty twice twig twin twist two type typical ugly umbrella uncle under
understand uniform union unique unit unite universe university unknown unless until unusual upon upper
upset upstairs urban urge urgent use useful usher usual vacant vacation vague valid valley valuable value
van vanilla vanish variety various vase vast vegetable vehicle veil velvet venture verb verse version very
vessel vest victory video view village vine vinegar violet violin virtue visible vision visit visitor
vital vitamin vivid vocabulary voice volcano volume vote vowel voyage vulture wage wagon waist wait waiter
wake walk wall wallet walnut wander want war warm warn wash wasp waste watch water waterfall watermelon
wave wax way weak wealth wear weather weave web wedding wednesday weed week weekend weigh weight welcome
well west wet whale wheat wheel when where whether which while whip whisker whisper whistle white who
whole why wide widow width wife wild wilderness will willing willow win wind windmill window windy wine
wing wink winner winter wipe wire wisdom wise wish with within without witness wizard wolf woman wonder
wood wooden wool word work worker workshop world worm worry worth would wound wrap wreath wreck wren
wrestle wrinkle wrist write wrong yacht yard yarn yawn year yellow yes yesterday yet yield yogurt young
youth zebra zero zipper zone zoo
`;

"""Word lists for questions that differ in one thing: what may stand in for what.

Owns the lists and their look-up tables, nothing random. A group holds words that fill the
same place in a sentence (same gender, same inflection) and never mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_COUNTRIES = """
Deutschland|Germany|deutsch|German Frankreich|France|französisch|French
Spanien|Spain|spanisch|Spanish Italien|Italy|italienisch|Italian
Österreich|Austria|österreichisch|Austrian Polen|Poland|polnisch|Polish
Portugal|Portugal|portugiesisch|Portuguese Russland|Russia|russisch|Russian
Belgien|Belgium|belgisch|Belgian Dänemark|Denmark|dänisch|Danish
Schweden|Sweden|schwedisch|Swedish Norwegen|Norway|norwegisch|Norwegian
Finnland|Finland|finnisch|Finnish Griechenland|Greece|griechisch|Greek
Ungarn|Hungary|ungarisch|Hungarian Tschechien|Czechia|tschechisch|Czech
Rumänien|Romania|rumänisch|Romanian Bulgarien|Bulgaria|bulgarisch|Bulgarian
Serbien|Serbia|serbisch|Serbian Kroatien|Croatia|kroatisch|Croatian
Slowenien|Slovenia|slowenisch|Slovenian Albanien|Albania|albanisch|Albanian
Irland|Ireland|irisch|Irish Schottland|Scotland|schottisch|Scottish
England|England|englisch|English Großbritannien|Britain|britisch|British
Island|Iceland|isländisch|Icelandic Estland|Estonia|estnisch|Estonian
Lettland|Latvia|lettisch|Latvian Litauen|Lithuania|litauisch|Lithuanian
Luxemburg|Luxembourg|luxemburgisch|- Malta|Malta|maltesisch|Maltese
China|China|chinesisch|Chinese Japan|Japan|japanisch|Japanese
Indien|India|indisch|Indian Pakistan|Pakistan|pakistanisch|Pakistani
Afghanistan|Afghanistan|afghanisch|Afghan Bangladesch|Bangladesh|bangladeschisch|Bangladeshi
Vietnam|Vietnam|vietnamesisch|Vietnamese Thailand|Thailand|thailändisch|Thai
Indonesien|Indonesia|indonesisch|Indonesian Malaysia|Malaysia|malaysisch|Malaysian
Südkorea|-|südkoreanisch|- Nordkorea|-|nordkoreanisch|- Taiwan|Taiwan|taiwanisch|Taiwanese
Israel|Israel|israelisch|Israeli Syrien|Syria|syrisch|Syrian
Jordanien|Jordan|jordanisch|Jordanian Ägypten|Egypt|ägyptisch|Egyptian
Libyen|Libya|libysch|Libyan Tunesien|Tunisia|tunesisch|Tunisian
Algerien|Algeria|algerisch|Algerian Marokko|Morocco|marokkanisch|Moroccan
Nigeria|Nigeria|nigerianisch|Nigerian Kenia|Kenya|kenianisch|Kenyan
Äthiopien|Ethiopia|äthiopisch|Ethiopian Südafrika|-|südafrikanisch|-
Ghana|Ghana|ghanaisch|Ghanaian Tansania|Tanzania|tansanisch|Tanzanian
Uganda|Uganda|ugandisch|Ugandan Angola|Angola|angolanisch|Angolan
Mosambik|Mozambique|mosambikanisch|Mozambican Kanada|Canada|kanadisch|Canadian
Mexiko|Mexico|mexikanisch|Mexican Brasilien|Brazil|brasilianisch|Brazilian
Argentinien|Argentina|argentinisch|Argentine Chile|Chile|chilenisch|Chilean
Peru|Peru|peruanisch|Peruvian Kolumbien|Colombia|kolumbianisch|Colombian
Venezuela|Venezuela|venezolanisch|Venezuelan Kuba|Cuba|kubanisch|Cuban
Bolivien|Bolivia|bolivianisch|Bolivian Ecuador|Ecuador|ecuadorianisch|Ecuadorian
Uruguay|Uruguay|uruguayisch|Uruguayan Paraguay|Paraguay|paraguayisch|Paraguayan
Haiti|Haiti|haitianisch|Haitian Jamaika|Jamaica|jamaikanisch|Jamaican
Australien|Australia|australisch|Australian Neuseeland|-|neuseeländisch|-
Georgien|Georgia|georgisch|Georgian Armenien|Armenia|armenisch|Armenian
Aserbaidschan|Azerbaijan|aserbaidschanisch|Azerbaijani Kasachstan|Kazakhstan|kasachisch|Kazakh
Usbekistan|Uzbekistan|usbekisch|Uzbek Belarus|Belarus|belarussisch|Belarusian
Kambodscha|Cambodia|kambodschanisch|Cambodian Nepal|Nepal|nepalesisch|Nepalese
Palästina|Palestine|palästinensisch|Palestinian Katar|Qatar|katarisch|Qatari
Saudi-Arabien|-|saudisch|Saudi Zypern|Cyprus|zyprisch|Cypriot
Liechtenstein|-|liechtensteinisch|- Montenegro|Montenegro|montenegrinisch|Montenegrin
Preußen|Prussia|preußisch|Prussian Bayern|Bavaria|bayerisch|Bavarian
Sachsen|Saxony|sächsisch|Saxon -|-|türkisch|Turkish -|-|ukrainisch|Ukrainian
-|-|schweizerisch|Swiss -|-|amerikanisch|American -|-|iranisch|Iranian -|-|irakisch|Iraqi
-|-|niederländisch|Dutch -|-|sowjetisch|Soviet -|-|römisch|Roman -|-|libanesisch|Lebanese
-|Iran|-|- -|Iraq|-|- -|Turkey|-|- -|Ukraine|-|- -|Switzerland|-|- -|Sudan|-|-
-|Lebanon|-|- -|Yemen|-|- -|Slovakia|-|-
-|Mongolia|-|- """
_PLACES = """
Berlin Hamburg München Köln Frankfurt Stuttgart Düsseldorf Dortmund Essen Leipzig Bremen Dresden
Hannover Nürnberg Duisburg Bochum Wuppertal Bielefeld Bonn Münster Karlsruhe Mannheim Augsburg
Wiesbaden Kiel Lübeck Erfurt Mainz Rostock Kassel Potsdam Magdeburg Freiburg Heidelberg Regensburg
Würzburg Ulm Trier Wien Graz Linz Salzburg Innsbruck Zürich Genf Basel Bern Paris Lyon Marseille
London Manchester Liverpool Birmingham Edinburgh Glasgow Dublin Madrid Barcelona Sevilla Lissabon
Porto Rom Mailand Neapel Turin Venedig Florenz Athen Istanbul Ankara Moskau Kiew Minsk Warschau
Krakau Danzig Prag Brünn Budapest Bukarest Sofia Belgrad Zagreb Sarajevo Kopenhagen Stockholm
Göteborg Oslo Bergen Helsinki Riga Tallinn Vilnius Amsterdam Rotterdam Brüssel Antwerpen Kairo
Tunis Algier Nairobi Lagos Johannesburg Kapstadt Jerusalem Haifa Beirut Damaskus Bagdad Teheran
Kabul Delhi Mumbai Kalkutta Peking Shanghai Hongkong Tokio Osaka Seoul Manila Jakarta Bangkok
Hanoi Singapur Sydney Melbourne Toronto Montreal Vancouver Washington Boston Chicago Philadelphia
Detroit Houston Dallas Seattle Atlanta Miami Denver Havanna Lima Bogotá Caracas Santiago
""", """
Türkei Schweiz Ukraine Slowakei Mongolei
""", """
Iran Irak Sudan Libanon Kongo Jemen
""", """
Europa Asien Afrika Nordamerika Südamerika Mittelamerika
""", """
Hessen Thüringen Brandenburg Niedersachsen Schleswig-Holstein Mecklenburg-Vorpommern
Rheinland-Pfalz Baden-Württemberg Nordrhein-Westfalen Sachsen-Anhalt
""", """
London Paris Berlin Munich Vienna Rome Milan Naples Venice Florence Madrid Barcelona Lisbon Athens
Moscow Kiev Warsaw Prague Budapest Bucharest Sofia Belgrade Copenhagen Stockholm Oslo Helsinki
Amsterdam Rotterdam Brussels Antwerp Geneva Zurich Hamburg Frankfurt Cologne Dublin Edinburgh
Glasgow Manchester Liverpool Birmingham Istanbul Ankara Cairo Tunis Nairobi Lagos Johannesburg
Jerusalem Beirut Damascus Baghdad Tehran Kabul Delhi Mumbai Calcutta Beijing Shanghai Tokyo Osaka
Seoul Manila Jakarta Bangkok Singapore Sydney Melbourne Toronto Montreal Vancouver Boston Chicago
Philadelphia Detroit Houston Dallas Seattle Atlanta Miami Denver Havana Lima Santiago
""", """
Europe Asia Africa Antarctica
""", """
California Texas Florida Virginia Ohio Illinois Michigan Massachusetts Pennsylvania Oregon Nevada
Arizona Colorado Utah Kansas Missouri Tennessee Kentucky Alabama Mississippi Louisiana Minnesota
Wisconsin Iowa Maryland Connecticut Vermont Maine Alaska Hawaii
"""  # fmt: skip
_MONTHS_DE = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
_MONTHS_EN = "January February March April May June July August September October November December"
_DAYS_DE = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"
_DAYS_EN = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_NUMBERS_DE = "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig fünfzig"
_NUMBERS_EN = "two three four five six seven eight nine ten eleven twelve twenty thirty fifty"
_ORDINALS_DE = "erst zweit dritt viert fünft sechst siebt acht neunt zehnt letzt"
_ORDINALS_EN = "first second third fourth fifth sixth seventh eighth ninth tenth last"
_UNITS = """
Kilometer Meter Zentimeter Millimeter Meilen Quadratkilometer Hektar
Kilogramm Gramm Tonnen Liter
Euro Dollar Pfund Franken Rubel Yen
Sekunden Minuten Stunden Tage Wochen Monate Jahre
Sekunden Minuten Stunden Tagen Wochen Monaten Jahren
Grad Prozent Volt Watt
"""
_UNITS_EN = """
kilometers meters centimeters miles feet inches acres
kilograms grams tons pounds
euros dollars francs rubles yen
seconds minutes hours days weeks months years decades
"""
_ROLES = """
Präsident Außenminister Finanzminister Innenminister Verteidigungsminister Justizminister Minister
Bundeskanzler Bundespräsident Ministerpräsident Premierminister Kanzler Vizepräsident Botschafter
Bürgermeister Gouverneur Abgeordneter
Präsidenten Botschafter Gouverneur Bürgermeister Außenminister Kanzler
Präsidentin Außenministerin Kanzlerin Ministerin Bürgermeisterin Botschafterin Richterin
Bundeskanzlerin Ministerpräsidentin Premierministerin Gouverneurin
Mutter Schwester Tochter Großmutter Tante Ehefrau
Vater Bruder Sohn Großvater Onkel Ehemann
Eltern Geschwister Kinder Großeltern
Trainer Torwart Kapitän Stürmer Verteidiger Schiedsrichter
Autor Verleger Herausgeber Übersetzer Illustrator Kritiker
Autorin Verlegerin Herausgeberin Übersetzerin
Regisseur Produzent Drehbuchautor Kameramann Komponist Hauptdarsteller
Regisseurin Produzentin Drehbuchautorin Hauptdarstellerin
Sänger Gitarrist Schlagzeuger Bassist Pianist Dirigent Keyboarder
Sängerin Gitarristin Pianistin Dirigentin Komponistin
König Kaiser Herzog Fürst Papst Bischof Graf
Königin Kaiserin Herzogin Fürstin Gräfin
Architekt Bauherr Ingenieur Bildhauer Maler
Gründer Besitzer Geschäftsführer Leiter Direktor Vorsitzender Eigentümer
Anwalt Richter Staatsanwalt Zeuge
Arzt Apotheker Chirurg Psychiater
Lehrer Schüler Rektor Hausmeister
General Admiral Oberst Feldmarschall
Erfinder Entdecker Kritiker
Nachfolger Vorgänger Stellvertreter
Sieger Verlierer
Lehrern Schülern
Soldaten Offiziere Zivilisten Gefangene
Arbeiter Bauern Händler Beamte
"""
_ROLES_EN = """
president senator governor mayor ambassador chancellor
mother sister daughter grandmother aunt wife
father brother son grandfather uncle husband
parents siblings children grandparents
coach goalkeeper captain referee
author publisher editor translator illustrator
director producer screenwriter composer cinematographer
singer guitarist drummer bassist pianist
king emperor duke pope bishop
queen empress duchess
architect engineer sculptor painter
founder owner treasurer
lawyer judge prosecutor witness
doctor nurse pharmacist
teacher student janitor
admiral colonel
predecessor successor
winner loser
actor director screenwriter
actress screenwriter
soldiers officers civilians prisoners
"""
_ANTONYMS_DE = """
steigen/sinken stieg/sank stiegen/sanken steigt/sinkt gestiegen/gesunken gestiegene/gesunkene
größte/kleinste größten/kleinsten größter/kleinster größtes/kleinstes größer/kleiner
größere/kleinere größeren/kleineren groß/klein große/kleine großen/kleinen großer/kleiner
höchste/niedrigste höchsten/niedrigsten höchster/niedrigster höchstes/niedrigstes höher/niedriger
höhere/niedrigere höheren/niedrigeren längste/kürzeste längsten/kürzesten längster/kürzester
länger/kürzer älteste/jüngste ältesten/jüngsten ältester/jüngster ältestes/jüngstes
ältere/jüngere älteren/jüngeren älterer/jüngerer alte/neue alten/neuen alter/neuer altes/neues
beste/schlechteste besten/schlechtesten bester/schlechtester schnellste/langsamste
schnellsten/langsamsten schnell/langsam schneller/langsamer stärkste/schwächste
stärksten/schwächsten stark/schwach starke/schwache starken/schwachen mehr/weniger
meisten/wenigsten häufig/selten häufigste/seltenste häufigsten/seltensten früher/später
frühere/spätere früheren/späteren früherer/späterer früheste/späteste gewann/verlor
gewannen/verloren gewonnen/verloren gewinnen/verlieren gewinnt/verliert
Beginn/Ende Anfang/Ende beginnt/endet begann/endete begannen/endeten begonnen/beendet
Norden/Süden nördlich/südlich nördliche/südliche nördlichen/südlichen nördlichste/südlichste
Nordosten/Südwesten Nordwesten/Südosten Osten/Westen östlich/westlich östliche/westliche
östlichen/westlichen zustimmen/ablehnen befürwortet/abgelehnt unterstützt/abgelehnt
unterstützen/ablehnen unterstützte/behinderte unterstützten/behinderten verbieten/erlauben
verbietet/erlaubt verboten/erlaubt verbot/erlaubte Import/Export Importe/Exporte
importiert/exportiert öffnen/schließen öffnete/schloss geöffnet/geschlossen eröffnet/geschlossen
gegründet/aufgelöst gründete/verkaufte gründeten/verkauften gekauft/gemietet geboren/beerdigt

lebende/tote innere/äußere inneren/äußeren oben/unten links/rechts linke/rechte linken/rechten
linker/rechter obere/untere oberen/unteren vorne/hinten maximale/minimale maximalen/minimalen
mindestens/höchstens Vorteil/Nachteil Vorteile/Nachteile Vorteilen/Nachteilen Sieg/Niederlage
Siege/Niederlagen Gewinn/Verlust Gewinne/Verluste Einnahmen/Ausgaben Freund/Feind Freunde/Feinde
positive/negative positiven/negativen erfolgreich/erfolglos männliche/weibliche
männlichen/weiblichen Männer/Frauen Männern/Frauen Mann/Frau Jungen/Mädchen
Sommer/Winter heiß/kalt warm/kalt wärmste/kälteste wärmsten/kältesten reich/arm reichste/ärmste
reichsten/ärmsten öffentliche/private öffentlichen/privaten legal/illegal verhaftet/freigelassen
angegriffen/verteidigt griff/verteidigte angenommen/abgelehnt akzeptiert/abgelehnt
nahm/verweigerte gebaut/abgerissen erbaut/abgerissen errichtet/abgerissen baute/zerstörte
veröffentlicht/zurückgezogen kam/ging Ankunft/Abreise betreten/verlassen
Angriff/Rückzug Zunahme/Abnahme zugenommen/abgenommen Anstieg/Rückgang Wachstum/Schrumpfung
vorher/nachher Vergangenheit/Zukunft Angebot/Nachfrage Vorderseite/Rückseite Ober/Unter
teuerste/billigste teuersten/billigsten tiefste/flachste tiefsten/flachsten leichteste/schwerste
einfachste/schwierigste bekannteste/unbekannteste wichtigste/unwichtigste
wichtigsten/unwichtigsten wichtig/unwichtig möglich/unmöglich bekannt/unbekannt
städtische/ländliche städtischen/ländlichen moderne/traditionelle modernen/traditionellen
"""
_ANTONYMS_EN = """
rise/fall rose/fell increase/decrease increased/decreased increases/decreases
increasing/decreasing largest/smallest biggest/smallest highest/lowest higher/lower longest/shortest
longer/shorter oldest/youngest older/younger older/newer best/worst fastest/slowest
strongest/weakest more/less most/least won/lost win/lose winning/losing
began/ended start/end started/ended north/south northern/southern east/west eastern/western
support/oppose supported/opposed supports/opposes banned/permitted import/export
imported/exported opened/closed founded/dissolved
before/after upper/lower inner/outer maximum/minimum advantage/disadvantage
advantages/disadvantages victory/defeat profit/loss friend/enemy friends/enemies positive/negative
successful/unsuccessful male/female men/women man/woman boys/girls summer/winter
hot/cold warmest/coldest rich/poor public/private legal/illegal
accepted/rejected built/demolished earliest/latest earlier/later first/last above/below early/late
gained/lost common/rare important/unimportant attack/retreat attacked/defended
allowed/forbidden urban/rural modern/traditional ancient/modern known/unknown major/minor
internal/external
"""
_FIRST_NAMES = """
Adam Adolf Agnes Alan Albert Alexander Alfred Alice Amy Andrea Andreas Andrew Angela Angelina Anna
Anne Anthony Antonio Arnold Arthur Auguste August Barack Barbara Benjamin Bernhard Bernard Bill Bob
Brad Brian Bruce Carl Carlos Caroline Catherine Charles Charlotte Chris Christian Christine
Christoph Christopher Claudia Daniel David Dennis Diana Dieter Donald Dorothy Edgar Edward Elisabeth
Elizabeth Ella Emil Emily Emma Eric Erich Ernst Erwin Eva Ferdinand Francis Frank Franz Fred
Frederick Friedrich Fritz Gary Georg George Gerald Gerhard Gottfried Günter Gustav Hannah Hans
Harold Harry Heinrich Heinz Helen Helena Helmut Henri Henry Herbert Hermann Horst Howard Hugo Ian
Isaac Isabella Ivan Jack Jackson Jacob Jakob James Jan Jane Jason Jean Jeff Jennifer Jerry Jesus
Jim Jimmy Joachim Joe Johann Johannes John Jonathan José Joseph Josef Juan Julia Julian Julius
Jürgen Karen Karl Kate Katharina Kevin Klaus Konrad Kurt Larry Laura Lee Leo Leonardo Leopold Lisa
Louis Louise Lucas Ludwig Luis Luke Manfred Marc Margaret Margarete Maria Marie Mario Mark Markus
Martha Martin Mary Matthew Matthias Max Maximilian Michael Michel Michelle Mike Moritz Nancy
Napoleon
Nicholas Nicole Nikolaus Norman Oliver Olga Oscar Oskar Otto Pablo Patricia Patrick Paul Paula Pedro
Peter Phil Philip Philipp Pierre Ralph Ray Rebecca Richard Robert Roger Roland Ronald Rosa Rose
Rudolf Ruth Ryan Sam Samuel Sandra Sarah Scott Sebastian Sophie Stefan Stephan Stephen Steve Steven
Susan Taylor Theodor Theodore Thomas Tim Tom Tony Ulrich Ursula Victor Victoria Viktor Viktoria
Vincent Vladimir Wladimir Walter Werner Wilhelm Will William Wolfgang Woodrow Yusuf
"""


def _groups(lines: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in lines.strip().splitlines())


def _table(groups: tuple[tuple[str, ...], ...]) -> Mapping[str, tuple[str, ...]]:
    """Word in lower case -> all others of its groups."""
    found: dict[str, dict[str, None]] = {}
    for group in groups:
        for word in group:
            others = found.setdefault(word.lower(), {})
            others.update(dict.fromkeys(other for other in group if other != word))
    return MappingProxyType({word: tuple(others) for word, others in found.items()})


def _pairs(text: str) -> Mapping[str, tuple[str, ...]]:
    return _table(tuple(tuple(pair.split("/")) for pair in text.split()))


_ROWS = tuple(row.split("|") for row in _COUNTRIES.split())
_COLUMNS = tuple(tuple(row[i] for row in _ROWS if row[i] != "-") for i in range(4))

PLACES_DE = _table((_COLUMNS[0], *(tuple(group.split()) for group in _PLACES[:5])))
PLACES_EN = _table((_COLUMNS[1], *(tuple(group.split()) for group in _PLACES[5:])))
CITIES_DE = tuple(_PLACES[0].split())
ADJECTIVES_DE = _COLUMNS[2]
_FAITHS = ("Christian", "Muslim", "Jewish", "Hindu", "Buddhist")
_CONTINENTS = ("European", "Asian", "African")
ADJECTIVES_EN = _table((_COLUMNS[3], _FAITHS, _CONTINENTS))
MONTHS_DE, MONTHS_EN = _table((tuple(_MONTHS_DE.split()),)), _table((tuple(_MONTHS_EN.split()),))
WEEKDAYS = _table((tuple(_DAYS_DE.split()), tuple(_DAYS_EN.split())))
CALENDAR = frozenset(" ".join((_MONTHS_DE, _MONTHS_EN, _DAYS_DE, _DAYS_EN)).split())
NUMBERS = _table((tuple(_NUMBERS_DE.split()), tuple(_NUMBERS_EN.split())))
ORDINALS_DE = tuple(_ORDINALS_DE.split())
ORDINALS_EN = _table((tuple(_ORDINALS_EN.split()),))
UNITS_DE, UNITS_EN = _table(_groups(_UNITS)), _table(_groups(_UNITS_EN))
ROLES_DE, ROLES_EN = _table(_groups(_ROLES)), _table(_groups(_ROLES_EN))
ANTONYMS_DE = _pairs(_ANTONYMS_DE)
ANTONYMS_EN = _pairs(_ANTONYMS_EN)
FIRST_NAMES = frozenset(_FIRST_NAMES.split())

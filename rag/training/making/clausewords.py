"""Word lists for asking by rule: closed classes of German, frequent verbs, persons and places.

Only data lives here; `clauses` parses with it and `asking` asks with it. The lists are meant
to be safe, not complete: an unknown word makes a sentence go unasked, not asked wrongly.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


MONTHS = "Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember"

PREPOSITIONS = _set("""
in im ins an am ans auf bei beim nach aus zu zum zur mit durch für über unter vor von vom wegen
aufgrund infolge dank während gegen ohne um seit bis trotz laut gegenüber neben hinter zwischen
als gemäß mittels außer innerhalb außerhalb entlang ab anhand statt anstelle unweit nahe nördlich
südlich östlich westlich bezüglich samt nebst
""")
DETERMINERS = _set("""
der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner sein
seine seinen seinem seiner seines ihr ihre ihren ihrem ihrer ihres dieser diese dieses diesen
diesem alle allen aller beide beiden viele vielen mehrere mehreren einige einigen zahlreiche
zahlreichen jeder jede jedes jeden jedem zwei drei vier fünf sechs sieben acht neun zehn elf
zwölf zwanzig dreißig hundert
""")
NUMBER_WORDS = _set("""
zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn
siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert
tausend
""")
GENITIVES = _set("des der eines einer seines seiner ihres ihrer dieses dieser aller jedes")
PRONOUNS = _set("""
er sie es ihm ihn ihr ihnen man sich wir uns ich dieser diese dieses dies das jener jene jenes
einer eine eines viele manche einige alle beide mehrere andere letzterer letztere letzteres
""")
SUBORDINATORS = _set("""
der die das dem den dessen deren denen wobei wo womit wodurch weshalb weswegen was wer wie welche
welcher welches welchem welchen als nachdem bevor obwohl obgleich wenn während sodass so dass ob
damit indem bis sondern aber jedoch und oder da weil denn um ohne wohin woher wonach worauf
woraufhin wofür in an auf bei mit von nach aus zu durch für über unter vor unter
""")
ADVERBS = _set("""
auch nur noch schon bereits dort hier dann danach daraufhin später zuvor dabei damit dadurch
daher deshalb jedoch allerdings heute zunächst schließlich erst erstmals ebenfalls zudem außerdem
oft häufig meist meistens zumeist etwa rund circa ca. ungefähr fast nahezu insgesamt mindestens
höchstens lediglich wieder weiterhin immer sehr besonders vor sowohl nie nicht stets unter über
teilweise vermutlich wahrscheinlich ursprünglich offiziell gemeinsam zusammen seitdem seither
inzwischen mittlerweile damals bald gleichzeitig anschließend endgültig erneut derzeit aktuell
selbst sogar vielmehr dennoch trotzdem hingegen dagegen somit folglich hauptsächlich vorwiegend
überwiegend vollständig weitgehend knapp weltweit daneben darüber zugleich nun jetzt
""")

# The finite verbs that need no dictionary: auxiliaries, modals and strong verbs.
FINITE = _set("""
ist sind war waren wird werden wurde wurden hat haben hatte hatten kann können konnte konnten muss
müssen musste mussten soll sollen sollte sollten will wollen wollte wollten darf dürfen durfte
durften mag mögen mochte bleibt bleiben blieb blieben gibt gab gaben liegt liegen lag lagen steht
stehen stand standen geht gehen ging gingen kommt kommen kam kamen nimmt nehmen nahm nahmen lässt
lassen ließ ließen heißt heißen hieß hießen gilt gelten galt galten besteht bestehen bestand
bestanden entsteht entstehen entstand entstanden findet finden fand fanden erhält erhalten erhielt
erhielten hält halten hielt hielten trägt tragen trug trugen schreibt schreiben schrieb schrieben
gewinnt gewinnen gewann gewannen verliert verlieren verlor verloren beginnt beginnen begann begannen
stirbt sterben starb starben verstarb verlässt verließ verließen zieht ziehen zog zogen wächst wuchs
wuchsen trifft treffen traf trafen tritt treten trat traten fällt fallen fiel fielen führt führen
befindet befinden befand befanden bezieht beziehen bezog bezogen bietet bieten bot boten schließt
schließen schloss schlossen spricht sprechen sprach sprachen sieht sehen sah sahen singt sang sangen
läuft laufen lief liefen fährt fahren fuhr fuhren fließt fließen floss enthält enthalten enthielt
enthielten umfasst umfassen gehört gehören bildet bilden zählt zählen lebt leben wohnt wohnen
erscheint erscheinen erschien erschienen beschreibt beschreiben beschrieb beschrieben übernimmt
übernehmen übernahm übernahmen unternahm betreibt betreiben betrieb betrieben verbietet verbot
entscheidet entschied entschieden erfindet erfand empfing empfingen schlägt schlug schlugen
vertritt vertreten vertrat vertraten tat schuf schufen wirft warf warfen bringt bringen brachte
brachten denkt dachte kennt kennen kannte kannten nennt nennen nannte nannten weiß wusste wussten
sendet rief riefen ruft brach brachen bricht stieg stiegen steigt sank sanken sinkt wies wiesen
weist weisen verfügt verfügen besitzt besitzen besaß besaßen aß saß saßen sitzt ritt riet
unterschied unterscheidet unterscheiden griff griffen greift floh flohen flieht erwarb erwarben
erwirbt verschwand verschwanden verbindet verband verbanden wandte nutzt nutzen hilft half halfen
misst maß wiegt wog ergibt ergeben ergab ergaben vergab vergibt verlieh verliehen verleiht
erlässt erließ erließen überließ hinterließ entlässt entließ reicht reichen erstreckt erstrecken
dient dienen stellt stellen stammt stammen grenzt grenzen leitet leiten lehrt arbeitet arbeiten
spielt spielen studiert lernt kostet dauert endet gründet baut bauen kämpft kämpfen erreicht
erreichen erzielt produziert verwendet verwenden betrug betrugen beträgt betragen entspricht
entsprach entsprachen behielt verhielt unterhielt unterhält starben zerfällt zerfiel schied
überstieg übersteigt geschah geschieht erfuhr erfährt fraß frisst schmolz schmilzt wich weicht
bekam bekamen bekommt bekommen verbrachte verbrachten entwarf entwarfen besprach versprach
verstand verstanden versteht verstehen gestand unterlag unterlagen unterliegt sandte entnahm
hing hingen hängt hängen empfahl empfiehlt zwang zwangen beging begingen
erkannte erkannten benannte ernannte ernannten übertrug übertrugen überwog bewies bewiesen
beschloss beschlossen beschließt verschloss umschließt umschloss erschloss eroberte verwies
""")
SINGULAR_OF = dict(zip(
    """sind waren werden wurden haben hatten können konnten müssen mussten sollen sollten wollen
    wollten dürfen durften bleiben blieben liegen lagen stehen standen gehen gingen kommen kamen
    nehmen nahmen lassen ließen heißen gelten galten bestehen bestanden entstehen entstanden
    finden fanden erhielten hielten trugen schrieben gewannen verloren begannen
    starben verließen zogen trafen traten fielen führen bezogen boten
    schlossen sprachen sahen liefen fuhren enthalten enthielten umfassen gehören bilden zählen
    leben wohnen erscheinen erschienen übernahmen schlugen schufen brachten nannten befinden
    befanden dienen stellen stammen leiten arbeiten spielen kämpfen verwenden besitzen
    erreichen verfügen""".split(),
    """ist war wird wurde hat hatte kann konnte muss musste soll sollte will
    wollte darf durfte bleibt blieb liegt lag steht stand geht ging kommt kam
    nimmt nahm lässt ließ heißt gilt galt besteht bestand entsteht entstand
    findet fand erhielt hielt trug schrieb gewann verlor begann
    starb verließ zog traf trat fiel führt bezog bot
    schloss sprach sah lief fuhr enthält enthielt umfasst gehört bildet zählt
    lebt wohnt erscheint erschien übernahm schlug schuf brachte nannte befindet
    befand dient stellt stammt leitet arbeitet spielt kämpft verwendet besitzt
    erreicht verfügt""".split(),
    strict=True,
))  # fmt: skip
COPULAS = _set("ist sind war waren wird werden wurde wurden bleibt blieb bleiben blieben")
PASSIVES = _set("wird werden wurde wurden worden")
MODALS = _set("""
kann können konnte konnten muss müssen musste mussten soll sollen sollte sollten will wollen wollte
wollten darf dürfen durfte durften
""")
AUXILIARIES = MODALS | COPULAS | _set("hat haben hatte hatten")
MOTION = _set("""
zog zogen zieht ging gingen geht reiste reisten reist kam kamen kommt wechselte wechselten wechselt
floh flohen flüchtete emigrierte emigrierten kehrte kehrten flog flogen fuhr fuhren fährt führte
führt führten brachte brachten schickte sandte marschierte segelte übersiedelte wanderte wanderten
gelangte gelangten floss fließt mündet mündete begab verlegte verlegten zurück ausgewandert gezogen
""")
PERSON_NOUNS = _set("""
König Königin Kaiser Kaiserin Papst Bischof Erzbischof Kardinal Präsident Präsidentin Kanzler
Bundeskanzler Bundeskanzlerin Minister Premierminister Ministerpräsident Bürgermeister Graf Gräfin
Herzog Herzogin Fürst Fürstin Prinz Prinzessin Zar Sultan Kurfürst Markgraf General Feldmarschall
Offizier Admiral Schriftsteller Schriftstellerin Dichter Dichterin Autor Autorin Maler Malerin
Bildhauer Architekt Architektin Komponist Komponistin Musiker Musikerin Sänger Sängerin
Schauspieler Schauspielerin Regisseur Regisseurin Produzent Philosoph Theologe Historiker
Historikerin Physiker Physikerin Chemiker Chemikerin Mathematiker Mathematikerin Biologe Arzt
Ärztin Astronom Forscher Wissenschaftler Wissenschaftlerin Ingenieur Erfinder Unternehmer Gründer
Politiker Politikerin Journalist Journalistin Anwalt Rechtsanwalt Richter Professor Lehrer
Trainer Spieler Fußballspieler Torwart Kapitän Rennfahrer Pilot Astronaut Missionar Mönch
Reformator Rabbiner Priester Abt Vater Mutter Bruder Schwester Sohn Tochter Ehefrau Ehemann Frau
Mann Witwe Großvater Großmutter Onkel Neffe Enkel Nachfolger Nachfolgerin Vorgänger Gegner Freund
Chef Direktor Leiter Vorsitzender Außenminister Innenminister Verteidigungsminister Finanzminister
Archäologe Geologe Botaniker Zoologe Psychologe Soziologe Ökonom Jurist Diplomat Botschafter
Gouverneur Senator Statthalter Feldherr Konsul Fotograf Zeichner Designer Pianist Geiger Dirigent
Designerin Entdecker Seefahrer Kaufmann Bankier Verleger Kritiker Moderator Rapper Gitarrist
Bassist Schlagzeuger Keyboarder Baumeister Arbeiter Soldat Hausherr Amerikaner Brite Franzose
Engländer Italiener Spanier Österreicher Schweizer Niederländer Norweger Schwede Russe
""")
PERSON_PLURALS = _set("""
Menschen Personen Einwohner Römer Griechen Germanen Briten Franzosen Engländer Amerikaner Deutschen
Osmanen Perser Wikinger Forscher Wissenschaftler Kritiker Historiker Autoren Soldaten Truppen
Spieler Schüler Studenten Bewohner Mitglieder Eltern Kinder Frauen Männer Bauern Bürger Juden
""")
_MALE = """
Adam Adolf Albert Albrecht Alexander Alfred Andreas Anton Arnold Arthur August Benjamin Bernhard
Bertolt Bill Bruno Carl Charles Charlie Christian Christoph Claude Daniel David Dieter Donald
Douglas Edgar Eduard Edward Emil Erich Ernst Eugen Felix Ferdinand Francesco Francis Frank
Franz Fred
Friedrich Fritz Georg George Gerhard Giovanni Giuseppe Gottfried Gottlieb Günter Günther Gustav Hans
Harald Harry Hermann Heinrich Heinz Helmut Henri Henry Herbert Horst Hugo Immanuel Isaac Jack Jacob
Jacques Jakob James Jan Jean Jim Joachim Joe Johann Johannes John José Josef Joseph Juan Julius
Jürgen Karl Klaus Konrad Kurt Leonardo Leopold Lorenz Louis Ludwig Manfred Marc Marco Mario Mark
Markus Martin Max Maximilian Michael Michel Mike Moritz Napoleon Nikolaus Oliver Oscar Oskar Otto
Patrick Paul Pedro Peter Philipp Pierre Rainer Ralph René Richard Robert Roger Roland Ronald Rudolf
Sebastian Siegfried Sigmund Simon Stefan Stephen Steven Theodor Thomas Tim Tom Ulrich Victor Viktor
Walter Werner Wilhelm William Willy Winston Wladimir Wolfgang
"""
_FEMALE = """
Agatha Alice Angela Anna Anne Astrid Barbara Brigitte Carla Catherine Charlotte Christa Christine
Clara Claudia Diana Dorothea Elisabeth Elizabeth Emily Emma Erika Eva Florence Gertrud Hannah Hedwig
Helene Hildegard Ingrid Ingeborg Isabella Jane Johanna Julia Karin Katharina Lina Louise Luise
Madonna Margaret Margarete Maria Marie Marilyn Marlene Martha Mary Michelle Monika Nina Paula Rosa
Ruth Sarah Sophie Sophia Susanne Teresa Theresa Ursula Victoria Viktoria Virginia
"""
MALE_NAMES = _set(_MALE)
FEMALE_NAMES = _set(_FEMALE)
FIRST_NAMES = MALE_NAMES | FEMALE_NAMES
COUNTRIES = _set("""
Deutschland Österreich Schweiz Frankreich Italien Spanien Portugal England Schottland Irland Wales
Großbritannien Belgien Luxemburg Dänemark Schweden Norwegen Finnland Island Polen Tschechien
Slowakei Ungarn Rumänien Bulgarien Griechenland Türkei Russland Ukraine Belarus Estland Lettland
Litauen Slowenien Kroatien Serbien Albanien Montenegro Georgien Armenien Aserbaidschan Iran Irak
Syrien Libanon Israel Jordanien Ägypten Libyen Tunesien Algerien Marokko Sudan Äthiopien Somalia
Kenia Uganda Tansania Ruanda Kongo Nigeria Ghana Senegal Mali Angola Namibia Südafrika Simbabwe
Mosambik Madagaskar Indien Pakistan Afghanistan Bangladesch Nepal China Japan Südkorea Nordkorea
Mongolei Vietnam Thailand Kambodscha Laos Myanmar Malaysia Singapur Indonesien Philippinen
Australien Neuseeland Kanada USA Mexiko Kuba Haiti Jamaika Guatemala Nicaragua Panama Kolumbien
Venezuela Brasilien Peru Bolivien Chile Argentinien Uruguay Paraguay Ecuador Kasachstan Usbekistan
Katar Kuwait Jemen Saudi-Arabien Zypern Malta Monaco Niederlande Jugoslawien Sowjetunion DDR
Tschechoslowakei Taiwan
""")
CITIES = _set("""
Berlin Hamburg München Köln Frankfurt Stuttgart Düsseldorf Dortmund Essen Leipzig Bremen Dresden
Hannover Nürnberg Duisburg Bochum Bonn Münster Karlsruhe Mannheim Augsburg Wiesbaden Mainz Kiel
Lübeck Erfurt Rostock Kassel Halle Magdeburg Freiburg Heidelberg Weimar Jena Potsdam Göttingen
Wien Graz Linz Salzburg Innsbruck Zürich Genf Basel Bern Lausanne Luzern Paris Lyon Marseille
Straßburg London Manchester Liverpool Oxford Cambridge Edinburgh Dublin Rom Mailand Venedig Florenz
Turin Neapel Genua Padua Madrid Barcelona Sevilla Lissabon Amsterdam Rotterdam Brüssel Antwerpen
Kopenhagen Stockholm Oslo Helsinki Warschau Krakau Danzig Breslau Prag Brünn Bratislava Budapest
Bukarest Sofia Belgrad Zagreb Sarajevo Athen Istanbul Konstantinopel Ankara Moskau Petersburg Kiew
Minsk Riga Vilnius Tallinn Jerusalem Damaskus Bagdad Teheran Kairo Alexandria Tunis Algier Tokio
Kyoto Peking Shanghai Hongkong Delhi Mumbai Sydney Melbourne Boston Chicago Philadelphia Washington
Detroit Miami Houston Seattle Montreal Toronto Havanna Lima Santiago
""")
PLACES = (
    COUNTRIES
    | CITIES
    | _set("""
Bayern Sachsen Thüringen Hessen Preußen Schlesien Böhmen Tirol Kärnten Steiermark Baden-Württemberg
Niedersachsen Brandenburg Rheinland-Pfalz Nordrhein-Westfalen Schleswig-Holstein Saarland
Europa Asien Afrika Amerika Nordamerika Südamerika Mitteleuropa Osteuropa Westeuropa Antarktis
Skandinavien Sibirien Kalifornien Texas Florida Alaska Flandern Elsass Lothringen Bretagne Normandie
Toskana Sizilien Sardinien Korsika Kreta Katalonien Andalusien Mesopotamien Palästina Anatolien
Stadt Hauptstadt Altstadt Innenstadt Insel Dorf Ort Fluss Schloss Burg Kirche Dom Kathedrale
Universität Museum Theater Friedhof Süden Norden Osten Westen Südosten Südwesten Nordosten
Nordwesten Nähe Mündung Ufer Küste Region Provinz Kanton Bezirk Landkreis Bundesstaat Zentrum Gebiet
Rand Grenze Halbinsel Gemeinde Wüste Bucht Tal Alpen Anden Rhein Donau Elbe Nordsee Ostsee
Mittelmeer Atlantik Pazifik Schule Akademie Gymnasium Mond Erde Bahnhof Hafen Platz Straße
Vereinigten Staaten
""")
)
BAD_SUBJECTS = _set("Beispiel Fall Grund Teil Folge Art Weise Regel Ausnahme Anteil Anzahl Zahl")
UNITS = _set("""
Meter Metern Kilometer Kilometern m km cm mm Zentimeter Zentimetern Millimeter Quadratkilometer
Quadratkilometern Hektar Tonnen Kilogramm kg Gramm Liter Euro Dollar Mark Prozent Grad Jahre Jahren
Monate Monaten Wochen Tage Tagen Stunden Minuten Sekunden Millionen Milliarden US-Dollar km² m²
Kubikmeter Watt Volt Meilen Einwohner Einwohnern Mio Mrd Millionen Milliarden % °C ha
""")
DURATIONS = _set("Jahre Jahren Monate Monaten Wochen Tage Tagen Stunden Minuten Sekunden")
DIMENSIONS = _set("hoch lang breit tief groß alt schwer dick weit schnell")
HUMAN_VERBS = _set("""
schrieb gründete heiratete studierte besuchte malte komponierte verfasste veröffentlichte starb
verstarb promovierte habilitierte lehrte unterrichtete emigrierte übersetzte arbeitete kandidierte
unterzeichnete eroberte besiegte erfand entdeckte lernte übernahm erhielt verließ kehrte reiste
wuchs absolvierte heißt sang spielte erbte regierte ernannte beauftragte befahl behauptete glaubte
""")
ORGANS = _set("""
EU UNO NATO Union Regierung Bundesregierung Parlament Bundestag Bundesrat Senat Partei SPD CDU CSU
FDP KPD NSDAP Firma Unternehmen Konzern Gesellschaft Verein Verband Organisation Kommission Armee
Gericht Bundesverfassungsgericht Justiz Polizei Rat Stadtrat Gemeinderat Band Gruppe
Mannschaft Team Klub
Behörde Ministerium Kirche Orden Familie Bevölkerung Volk Nationalmannschaft Landtag Armee Regime
""")

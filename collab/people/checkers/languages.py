"""Three languages told apart by their function words."""

from collab.sentences import without_fences, words

SPANISH_WORDS = """
el la los las un una unos unas de del al a en con por para sin sobre y e o que qué se su sus lo le les es son era está
están hay ha han como cómo más menos pero si sí no ya muy esta este esto ese eso así entonces después primero luego
ahora cuando donde porque también todo todos cada tenemos nos te me mi tu
"""
FRENCH_WORDS = """
le la les un une des de du au aux à en dans avec par pour sans sur et ou que qui quoi se sa son ses ce cet cette ces
c'est est sont était il elle on nous vous je tu ils elles y ne pas plus moins mais si donc alors ensuite puis d'abord
maintenant quand où parce comme aussi tout tous chaque avons leur leurs qu'il est-ce voici
"""
ENGLISH_WORDS = """
the a an of to in on with by for from without and or that which is are was were be has have had it its this these those
as so then first next now when where because also all each we you he she they them his her not but if
"""
SPANISH, FRENCH, ENGLISH = (frozenset(listed.split()) for listed in (SPANISH_WORDS, FRENCH_WORDS, ENGLISH_WORDS))


def speaks(reply: str, language: frozenset[str], others: tuple[frozenset[str], ...]) -> bool:
    """A fifth of the words are function words of `language`, and clearly more than of any other. Code is left out."""
    found = [w.casefold().replace("’", "'") for w in words(without_fences(reply)) if w[0].isalpha()]
    own = share(found, language)
    return len(found) >= 3 and own >= 0.2 and all(own > 1.3 * share(found, other) for other in others)


def share(found: list[str], language: frozenset[str]) -> float:
    return sum(word in language for word in found) / max(1, len(found))

"""The words of composed replies, in three languages. Checkers must find in them what the bank asks for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """Sentences of one language. `{x}` is the answer, `{steps}` the calculation, already marked up.

    No opening, remark or padding holds a number or states an answer, so they may stand anywhere.
    """

    openings: tuple[str, ...]
    remark: str
    first_step: str
    next_step: str
    answer: str
    short: str
    short_answer_first: str
    short_unlabelled: str
    conjunction: str
    list_intro: str
    list_first: str
    padding: tuple[str, ...]
    heading: str
    hello: str
    dear_friend: str
    question: str
    question_tag: str
    good_luck: str
    summary: str
    label: str


ENGLISH = Phrases(
    openings=(
        "Let us work through this together.",
        "Let us take the numbers in the order in which they come up.",
        "This can be settled with a little arithmetic.",
    ),
    remark="There is only one calculation to do here.",
    first_step="First we work out {steps}.",
    next_step="After that we find {steps}.",
    answer="The answer is {x}.",
    short="Since {steps}, the answer is {x}",
    short_answer_first="The answer is {x}, because {steps}",
    short_unlabelled="We find that {steps}",
    conjunction=" and ",
    list_intro="Here is how it goes.",
    list_first="Write down what is given.",
    padding=(
        "It helps to write down what we know before we begin.",
        "Every number in the story has a job, and none of them is left over.",
        "You can check the result by going backwards through the same calculation.",
        "If both ways agree, nothing was lost on the road.",
        "The same method works for any story of this kind.",
    ),
    heading="Solution",
    hello="Hello!",
    dear_friend="Dear friend,",
    question="Is that clear to you?",
    question_tag=", is that clear?",
    good_luck="Good luck!",
    summary="Summary:",
    label="Answer:",
)

SPANISH = Phrases(
    openings=(
        "Vamos a resolver esto paso a paso y sin prisa.",
        "Tomamos los números en el orden en que aparecen.",
        "Esto se resuelve con un poco de aritmética.",
    ),
    remark="Aquí solo hay que hacer una cuenta.",
    first_step="Primero se calcula que {steps}.",
    next_step="Después de eso se tiene que {steps}.",
    answer="La respuesta es {x}.",
    short="Como {steps}, la respuesta es {x}",
    short_answer_first="La respuesta es {x}, porque {steps}",
    short_unlabelled="Se ve que es así: {steps}",
    conjunction=" y ",
    list_intro="Así es como se hace.",
    list_first="Se anota lo que ya se sabe.",
    padding=(
        "Antes de empezar es bueno anotar lo que ya se sabe.",
        "Cada número de la historia tiene su lugar y no sobra ninguno.",
        "El resultado se puede comprobar con la misma cuenta al revés.",
        "Si los dos caminos coinciden, no se ha perdido nada.",
        "El mismo método sirve para todas las historias de este tipo.",
    ),
    heading="Solución",
    hello="¡Hola!",
    dear_friend="Querido amigo,",
    question="¿Está todo claro para ti?",
    question_tag=", ¿está claro?",
    good_luck="¡Buena suerte!",
    summary="Resumen:",
    label="Respuesta:",
)

FRENCH = Phrases(
    openings=(
        "Nous allons le faire ensemble et sans nous presser.",
        "On prend les nombres dans l'ordre de l'histoire.",
        "Cela se règle avec un peu de calcul.",
    ),
    remark="Il y a un seul calcul à faire dans ce cas.",
    first_step="On calcule d'abord que {steps}.",
    next_step="Ensuite on trouve que {steps}.",
    answer="La réponse est {x}.",
    short="Comme {steps}, la réponse est {x}",
    short_answer_first="La réponse est {x}, parce que {steps}",
    short_unlabelled="On voit que c'est ainsi : {steps}",
    conjunction=" et ",
    list_intro="Voici comment on le fait.",
    list_first="On note ce qui est donné.",
    padding=(
        "Il est utile de noter ce que l'on sait avant de commencer.",
        "Chaque nombre de l'histoire a son rôle et il n'en reste pas un.",
        "On peut vérifier le résultat avec le même calcul dans l'autre sens.",
        "Si les deux chemins sont d'accord, on n'a rien perdu en route.",
        "La même méthode va pour toutes les histoires de ce genre.",
    ),
    heading="Solution",
    hello="Bonjour !",
    dear_friend="Cher ami,",
    question="Est-ce que tout est clair pour toi ?",
    question_tag=", est-ce que c'est clair ?",
    good_luck="Bonne chance !",
    summary="Résumé :",
    label="Réponse :",
)

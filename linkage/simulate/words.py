"""The words that simulated texts, names and domains are made of."""


def _words(text: str) -> list[str]:
    return text.split()


def _phrases(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split("|")]


#: Things to write about, by topic.
TOPICS = {
    "code": _words(
        "function module endpoint test suite migration query parser cache worker schema stack build"
    ),
    "support": _words("ticket customer refund order delivery complaint account reply warranty invoice queue"),
    "writing": _words(
        "essay paragraph headline story scene character outline draft chapter post newsletter poem"
    ),
    "data": _words(
        "table column metric dashboard forecast outlier dataset chart cohort funnel survey sample"
    ),
    "law": _words(
        "clause contract liability notice licence dispute policy statute lease warranty deadline filing"
    ),
    "study": _words("theorem proof lecture exercise concept definition experiment hypothesis reading quiz"),
    "language": _words(
        "translation sentence idiom dialogue grammar transcript subtitle glossary accent phrase"
    ),
    "market": _words("campaign advert audience keyword slogan page competitor price brand segment lead"),
    "health": _words(
        "symptom diet workout sleep plan recipe appointment dosage therapy habit checkup allergy"
    ),
    "finance": _words(
        "budget invoice ledger portfolio loan forecast expense payroll tax receipt balance audit"
    ),
    "travel": _words("itinerary flight hotel museum route visa luggage beach ticket hostel ferry guide"),
    "exam": _words("question answer option rationale difficulty rubric score passage reference grader"),
}
VERBS = _words(
    "summarise rewrite compare explain review classify extract translate improve shorten expand check rank "
    "draft list describe convert debug outline simplify annotate score label validate"
)
KINDS = _words(
    "short detailed formal friendly technical plain careful structured numbered complete original balanced "
    "strict concise practical honest vivid neutral rigorous readable"
)
READERS = _phrases(
    "a beginner | my manager | a new colleague | an expert | our customers | a ten-year-old | the committee |"
    "a journalist | the support team | an auditor | a busy reader | students | the company | a reviewer"
)
FORMS = _phrases(
    "a table | bullet points | JSON | two paragraphs | one sentence | Markdown | a checklist | plain text"
)
FRAMES = (
    "Please {verb} the {noun} below and keep it {kind}. ",
    "{Verb} this {noun} for {reader}, then give me {form}. ",
    "You are a {kind} assistant who can {verb} any {noun}. ",
    "What is wrong with the {noun}, and how would you {verb} it? ",
    "Write a {kind} {noun} for {reader} in {form}. ",
    "Do not mention the {noun2} unless {reader} would need the {noun}. ",
    "Return {form} with one entry for every {noun}. ",
    "First {verb} the {noun}, after that {verb2} the {noun2}. ",
    "I need help with a {noun}: it has to be {kind} and made for {reader}. ",
    "Think about the {noun} before you {verb} the {noun2}. ",
    "If the {noun} is not {kind}, {verb2} it until it is. ",
    "Use {form} and avoid anything that is not about the {noun}. ",
    "Can you {verb} my {noun} so that {reader} understands the {noun2}? ",
    "Here is the {noun} from yesterday, it should sound more {kind}. ",
    "Give me {number} ideas for a {kind} {noun}. ",
    "The {noun2} comes from {reader}; {verb} it without changing the {noun}. ",
)
CITIES = _words(
    "Lisbon Osaka Leeds Pune Lyon Recife Gdansk Toronto Hanoi Lagos Ankara Perth Ghent Busan Cebu Leon"
)
#: Syllables of names and domains: they begin, and they end.
BEGINNINGS = _words(
    "bra cle do fen gu hal iri jo kel lin mor na ost pri quin ros sel tam uli vas wen yor zan"
)
ENDINGS = _words("bert dane fort gard hoff karn lund mann nova park quist rand stein thal vale wick")

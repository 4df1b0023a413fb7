"""What the invented callers and models say to each other."""

from dataclasses import dataclass
from random import Random
from typing import Any

SYSTEMS = (
    "You answer briefly.", "You are a support agent of an online shop. Be polite and exact.",
    "You are a careful reviewer of code. Name the line and the reason.", "Reply in JSON only.",
    "You summarise meetings for people who were not there.",
)  # fmt: skip
QUESTIONS = (
    "What is DNS?", "My parcel has not arrived. Where is order 48213?", "Summarise the notes below in three points.",
    "Translate this paragraph into French.", "Why does this query scan the whole table?",
    "Write a friendly reminder about an unpaid invoice.", "Which of these reviews mention the battery?",
    "Extract name, date and amount from the receipt.", "Is this message spam? Answer yes or no, then say why.",
    "How do I rotate an API key without downtime?", "Draft release notes from the commits below.",
    "Plan a weekend in Lisbon for two people who like museums.",
)  # fmt: skip
SENTENCES = (
    "DNS maps names to addresses, so that people need not remember numbers.",
    "The order left our warehouse on Tuesday and should reach you within two working days.",
    "The index on created_at is not used because the filter wraps the column in a function.",
    "First make the new key, then deploy it, and only then revoke the old one.",
    "Two of the twelve reviews mention the battery; both say that it lasts a full day.",
    "I could not find an amount on the receipt, only a date and the name of the shop.",
    "The meeting agreed to move the release by a week and to test the import again.",
    "Here is a short version, followed by the details for those who want them.",
    "A cache in front of the service hides the error for about five minutes.",
    "Please let me know if anything in this answer is unclear.",
    "The second paragraph repeats the first and can be left out.",
    "Naïve approaches fail on names such as Zoë, Łukasz and Søren – mind the encoding.",
)  # fmt: skip
SENTENCE_TOKENS = 16
MOST_SENTENCES = 40_000


@dataclass(frozen=True)
class Talk:
    """One exchange: what was asked and what was answered, of about the size that the row's tokens say."""

    system: str
    history: tuple[tuple[str, str], ...]  # earlier questions and answers
    question: str
    answer: str
    number: int  # makes ids that request and response share


def prose(chance: Random, tokens: int) -> str:
    """Sentences of about so many tokens."""
    wanted = min(MOST_SENTENCES, max(1, tokens // SENTENCE_TOKENS))
    return " ".join(chance.choices(SENTENCES, k=wanted))


def talk_of(row: dict[str, Any]) -> Talk:
    """The exchange that a log is about: the same one each time it is asked for."""
    chance = Random(row["id"])
    turns = chance.randrange(4)
    asked = (row["tokens_in"] or 40) // (turns + 1)
    history = tuple((chance.choice(QUESTIONS), prose(chance, asked)) for _ in range(turns))
    question = f"{chance.choice(QUESTIONS)}\n\n{prose(chance, asked)}" if asked > 60 else chance.choice(QUESTIONS)
    answer = prose(chance, row["tokens_out"] or 40)
    return Talk(chance.choice(SYSTEMS), history, question, answer, chance.getrandbits(40))

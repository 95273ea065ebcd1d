"""Which medicine is meant: ingredients, their groups (ATC), and what is forbidden from afar. Data in JSON, with sources."""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Ingredient:
    """One substance, its ATC groups, and the names under which people know it."""

    name: str
    atc: tuple[str, ...]
    names: tuple[str, ...]
    ko: str

    def title(self, language: str) -> str:
        return self.ko if language == "ko" and self.ko else self.name


@dataclass(frozen=True)
class Group:
    """Substances that act alike, and the words with which a whole group is named."""

    key: str
    atc: tuple[str, ...]
    titles: tuple[tuple[str, str], ...]
    said: tuple[str, ...]

    def title(self, language: str) -> str:
        return dict(self.titles)[language]

    def holds(self, ingredient: Ingredient) -> bool:
        return any(code.startswith(self.atc) for code in ingredient.atc)


@cache
def _table() -> dict:
    return json.loads((FOLDER / "medicines.json").read_text(encoding="utf-8"))


@cache
def ingredients() -> tuple[Ingredient, ...]:
    return tuple(
        Ingredient(row["name"], tuple(row["atc"]), (row["name"], *row["en"], *row["ko"]), next(iter(row["ko"]), ""))
        for row in _table()["ingredients"]
    )


@cache
def groups() -> tuple[Group, ...]:
    return tuple(
        Group(row["key"], tuple(row["atc"]), tuple(row["title"].items()), tuple(row["said"])) for row in _table()["groups"]
    )


def source(key: str) -> str:
    """Where a rule comes from: its own source, or that of the groups in general."""
    return _table()["sources"].get(key) or _table()["sources"]["class"]


def related() -> list[tuple[str, str, str]]:
    """(group somebody is allergic to, group that may do the same, source)."""
    return [(row["allergy"], row["medicine"], source(row["source"])) for row in _table()["related"]]


def plain(text: str) -> str:
    """Small letters, full forms: as names are compared."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def names(text: str, name: str) -> bool:
    """Whether a text names this; a Latin name as a whole word, a Korean one anywhere."""
    name, text = plain(name), plain(text)
    return bool(re.search(rf"(?<![a-z]){re.escape(name)}s?(?![a-z])", text)) if name.isascii() else name in text


def ingredients_in(text: str) -> list[Ingredient]:
    """The substances that a text names."""
    return [item for item in ingredients() if any(names(text, name) for name in item.names)]


def groups_said_in(text: str) -> list[Group]:
    """The groups that a text names as such ("penicillin")."""
    return [group for group in groups() if any(names(text, word) for word in group.said)]


def groups_of(ingredient: Ingredient) -> list[Group]:
    return [group for group in groups() if group.holds(ingredient)]


@cache
def _blocked() -> dict:
    return json.loads((FOLDER / "blocked.json").read_text(encoding="utf-8"))


def blocked(text: str, profile: str) -> dict[str, str] | None:
    """Why a law profile forbids this medicine in a remote visit, in both languages; None if it does not."""
    codes = [code for ingredient in ingredients_in(text) for code in ingredient.atc]
    for rule in _blocked().get(profile, []):
        if any(code.startswith(tuple(rule["atc"])) for code in codes) or any(names(text, name) for name in rule["names"]):
            return rule["reason"]
    return None

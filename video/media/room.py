"""A room: whoever comes sees those who are there, and they see whoever comes."""

import asyncio
import time

from .engine import Engine
from .person import Person, Tell
from .protocol import Answer, Command, Event, Offer
from .recorder import Deck, Recorder

MOST_PEOPLE = 7  # six and an interpreter
EMPTY_SECONDS = 10.0


class Room:
    """The people of one visit on this worker, in one placing (generation) of the room."""

    is_echo = False  # a room of one, for trying: everybody gets back what they send

    def __init__(self, generation: int, engine: Engine, recorder: Recorder | None = None) -> None:
        self.generation = generation
        self.people: dict[str, Person] = {}
        self._engine = engine
        self.deck = Deck(recorder, generation, self._tell_all)
        self._used_at = time.monotonic()

    @property
    def is_over(self) -> bool:
        """Nobody has been here for a while."""
        return not self.people and time.monotonic() - self._used_at > EMPTY_SECONDS

    async def handle(self, command: Command, tell: Tell) -> None:
        """Do what a command says; a person who is gone, or a socket that was replaced, is not heard."""
        self._used_at = time.monotonic()
        if command.kind == "join":
            return await self.join(command.person, command.session, tell)
        person = self.people.get(command.person)
        if person is None or person.session != command.session:
            return
        match command.kind:
            case "offer":
                await person.publish(Offer(**command.body))
                await self._look_around()
            case "unshare":
                await person.unshare()
                await self._look_around()
            case "answer":
                await person.answer(Answer(**command.body))
            case "restart":
                await person.restart()
            case "picture":
                person.want_pictures(command.body["wanted"])
            case "record":
                self.deck.obey(command.body, self.people)
            case "leave":
                await self.leave(person)

    async def join(self, person_id: str, session: str, tell: Tell) -> None:
        """Somebody takes a seat, or takes it again from a new page or device."""
        before = self.people.get(person_id)
        if before is None and len(self.people) >= MOST_PEOPLE:
            return
        person = self.people[person_id] = Person(person_id, session, tell, self._engine)
        if before:
            await before.tell(Event("replaced"))
            await before.close()
        await self._look_around(only=None if before else person)

    async def leave(self, person: Person) -> None:
        """Somebody goes."""
        if self.people.get(person.id) is person:
            del self.people[person.id]
        await person.close()
        await self._look_around()

    async def end(self, event: Event) -> None:
        """The room ends on this worker; everybody is told why."""
        people, self.people = list(self.people.values()), {}
        for person in people:
            await person.tell(event)
        await asyncio.gather(self.deck.end(), *(person.close() for person in people))

    async def _look_around(self, only: Person | None = None) -> None:
        """Everybody sees whom they should; who is slow does not keep the others waiting."""
        self.deck.look(self.people)
        people = [only] if only else list(self.people.values())
        await asyncio.gather(*(person.see(self._others(person)) for person in people))

    def _others(self, person: Person):
        return [source for other in self.people.values() if self.is_echo or other is not person for source in other.sources]

    def _tell_all(self, event: Event) -> None:
        for person in self.people.values():
            asyncio.ensure_future(person.tell(event))

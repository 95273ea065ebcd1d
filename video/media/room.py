"""A room: whoever comes sees those who are there, and they see whoever comes."""

from aiortc import RTCConfiguration
from aiortc.contrib.media import MediaRelay

from .person import Person, Tell
from .protocol import Command


class Room:
    """The people of one visit on this worker."""

    def __init__(self, configuration: RTCConfiguration) -> None:
        self.people: dict[str, Person] = {}
        self._configuration = configuration
        self._relay = MediaRelay()

    async def handle(self, command: Command, tell: Tell) -> None:
        """Do what a command says; a person who is gone, or a socket that was replaced, is not heard."""
        if command.kind == "join":
            await self.join(command.person, command.session, tell)
        elif (person := self.people.get(command.person)) and person.session == command.session:
            if command.kind == "offer":
                await self.publish(person, command.sdp)
            elif command.kind == "answer":
                await person.answer(command.line, command.sdp)
            elif command.kind == "candidate":
                await person.candidate(command.line, command.candidate)
            elif command.kind == "leave":
                await self.leave(person)

    async def join(self, person_id: str, session: str, tell: Tell) -> None:
        """Somebody takes a seat, or takes it again from a new page or device."""
        if person_id in self.people:
            await self.leave(self.people[person_id])
        person = self.people[person_id] = Person(person_id, session, tell, self._configuration, self._relay)
        for other in self._others(person):
            await person.see(other)

    async def publish(self, person: Person, sdp: str) -> None:
        """Somebody sends sound and picture: everybody else gets them."""
        await person.publish(sdp)
        for other in self._others(person):
            await other.see(person)

    async def leave(self, person: Person) -> None:
        """Somebody goes."""
        self.people.pop(person.id, None)
        await person.close()
        for other in self._others(person):
            await other.unsee(person.id)

    def _others(self, person: Person) -> list[Person]:
        return [other for other in list(self.people.values()) if other.id != person.id]

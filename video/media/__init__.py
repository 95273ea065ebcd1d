"""The media worker: plain asyncio and aiortc. It knows rooms and people by id, no names, no Django."""

"""A film for the browsers' camera and a voice for their microphone: Chromium's own test pattern is too plain to fill a link."""

import wave
from pathlib import Path

import numpy as np

WIDTH, HEIGHT, FPS, SECONDS = 640, 480, 30, 4
RATE = 48_000


def film(path: Path) -> Path:
    """A picture as restless as a hand-held phone: a soft texture that drifts, with grain on it. Y4M, 4:2:0."""
    random = np.random.default_rng(7)
    coarse = random.integers(0, 256, (HEIGHT // 8 * 2, WIDTH // 8 * 2)).astype(np.float32)
    texture = np.kron(coarse, np.ones((8, 8), np.float32))
    for axis in (0, 1):
        texture = sum(np.roll(texture, shift, axis) for shift in range(-4, 5)) / 9
    grey = np.full((HEIGHT // 2) * (WIDTH // 2) * 2, 128, np.uint8).tobytes()
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FPS}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(FPS * SECONDS):
            at = number if number < FPS * SECONDS / 2 else FPS * SECONDS - number  # there and back, so that the loop has no jump
            frame = np.roll(texture, (at, 2 * at), (0, 1))[:HEIGHT, :WIDTH] + random.normal(0, 3, (HEIGHT, WIDTH))
            out.write(b"FRAME\n" + frame.clip(0, 255).astype(np.uint8).tobytes() + grey)
    return path


def voice(path: Path) -> Path:
    """Something like speech: a buzz with changing formants, in syllables, without long silence."""
    time = np.arange(RATE * SECONDS) / RATE
    pitch = 120 + 30 * np.sin(2 * np.pi * 0.7 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formant = 700 + 400 * np.sin(2 * np.pi * 1.3 * time)
    sound = sum(np.sin(n * phase) * np.exp(-(((n * pitch - formant) / 500) ** 2)) for n in range(1, 24))
    syllables = 0.4 + 0.6 * np.clip(np.sin(2 * np.pi * 3.5 * time), 0, 1)
    samples = (sound * syllables / np.abs(sound).max() * 12_000).astype(np.int16)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return path

"""Drawn images: shapes filled with textures, of which position, size, angle, brightness or color, and noise vary."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SHAPES = ("disc", "square", "triangle", "cross", "ring", "bar", "half disc", "diamond", "letter L", "two discs")
TEXTURES = ("stripes", "dots", "checks", "rings", "plain")

Grid = NDArray[np.float64]


class Canvas(NamedTuple):
    """What all images of a set share.

    Attributes
    ----------
    side : int
        Height and width in pixels.
    n_channels : {1, 3}
    radius : (float, float)
        Smallest and largest radius of a shape, in halves of the side.
    noise : float
        Standard deviation of the noise; white is 1.
    """

    side: int
    n_channels: int
    radius: tuple[float, float]
    noise: float


def draw(shape: str, texture: str, n: int, canvas: Canvas, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw images of one class.

    Parameters
    ----------
    shape : str
        One of :data:`SHAPES`.
    texture : str
        One of :data:`TEXTURES`.
    n : int
        Number of images.
    canvas : Canvas
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n, side, side, n_channels), uint8
    """
    side, n_channels = canvas.side, canvas.n_channels
    axis = (np.arange(side) - (side - 1) / 2) / (side / 2)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    radius = rng.uniform(*canvas.radius, (n, 1, 1))
    room = np.maximum(0.0, 0.95 - radius)
    angle = rng.uniform(-0.5, 0.5, (n, 1, 1))
    x = x[None] - rng.uniform(-1, 1, (n, 1, 1)) * room
    y = y[None] - rng.uniform(-1, 1, (n, 1, 1)) * room
    u, v = (np.cos(angle) * x + np.sin(angle) * y) / radius, (np.cos(angle) * y - np.sin(angle) * x) / radius
    edge = side / 2 * radius * _inside(shape, u, v)
    mask = np.clip(edge + 0.5, 0.0, 1.0)[..., None]
    phase = rng.uniform(0, 2 * np.pi, (n, 1, 1))
    pattern = (_texture(texture, u, v, rng.uniform(6.0, 9.0, (n, 1, 1)), phase) > 0).astype(np.float64)[..., None]
    light, dark, behind = _tones(n, n_channels, rng)
    image = mask * (pattern * light + (1.0 - pattern) * dark) + (1.0 - mask) * behind
    # Light from one side, and noise: what a class is must not be read from single pixels.
    slope = rng.uniform(-0.2, 0.2, (n, 1, 1, 1)) * axis[None, :, None, None]
    image = image + slope + rng.normal(0.0, canvas.noise, (n, side, side, n_channels))
    return (255.0 * np.clip(image, 0.0, 1.0)).round().astype(np.uint8)


def _tones(n: int, n_channels: int, rng: np.random.Generator) -> tuple[Grid, Grid, Grid]:
    """Return the two tones of the texture and that of the background, which are never close to one another."""
    order = rng.permuted(np.tile([0.15, 0.5, 0.85], (n, 1)), axis=1) + rng.uniform(-0.08, 0.08, (n, 3))
    tint = rng.uniform(-0.1, 0.1, (n, 3, n_channels)) if n_channels > 1 else np.zeros((n, 3, 1))
    tones = np.clip(order[:, :, None] + tint, 0.0, 1.0)
    light, dark, behind = (tones[:, i][:, None, None] for i in range(3))
    return light, dark, behind


def _inside(shape: str, u: Grid, v: Grid) -> Grid:
    """Return about how far inside of the shape a point is, in units of its radius; negative outside."""
    r = np.hypot(u, v)
    match shape:
        case "disc":
            return 0.9 - r
        case "square":
            return 0.75 - np.maximum(abs(u), abs(v))
        case "triangle":
            return np.minimum(0.5 - v, 0.9 * (v / 2 + 0.45 - abs(u) * 0.87))
        case "cross":
            arms = np.maximum(0.3 - abs(u), 0.3 - abs(v))
            return np.minimum(arms, 0.95 - np.maximum(abs(u), abs(v)))
        case "ring":
            return 0.22 - abs(r - 0.68)
        case "bar":
            return np.minimum(0.32 - abs(v), 0.95 - abs(u))
        case "half disc":
            return np.minimum(0.95 - np.hypot(u, v - 0.4), 0.4 - v)
        case "diamond":
            return 0.7 * (0.95 - abs(u) - abs(v) * 0.8)
        case "letter L":
            upright = np.minimum(0.25 - abs(u + 0.5), 0.85 - abs(v))
            return np.maximum(upright, np.minimum(0.25 - abs(v - 0.6), 0.75 - abs(u)))
        case "two discs":
            return 0.45 - np.minimum(np.hypot(u - 0.5, v), np.hypot(u + 0.5, v))
        case _:
            raise ValueError(f"Shapes are {', '.join(SHAPES)}. Got {shape!r}.")


def _texture(texture: str, u: Grid, v: Grid, frequency: Grid, phase: Grid) -> Grid:
    """Return a pattern that is positive where the lighter tone is."""
    match texture:
        case "stripes":
            return np.sin(frequency * (u + v) + phase)
        case "dots":
            return np.sin(frequency * u + phase) * np.sin(frequency * v + phase) - 0.25
        case "checks":
            return np.sin(frequency * u + phase) * np.sin(frequency * v + phase)
        case "rings":
            return np.sin(1.3 * frequency * np.hypot(u, v) + phase)
        case "plain":
            return np.ones_like(u)
        case _:
            raise ValueError(f"Textures are {', '.join(TEXTURES)}. Got {texture!r}.")

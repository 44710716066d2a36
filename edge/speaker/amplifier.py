"""The amplifier's relay: on only while a play is open, warm before it sounds, off again whatever happens.

gpiozero is the seam to the hardware; its MockFactory stands in for a Pi's pins. Opening the pin drives it low, and
so does closing it: a start after a crash leaves the amplifier off.
"""

from typing import TYPE_CHECKING

from edge.clock import Clock
from edge.speaker.config import AmplifierSettings

if TYPE_CHECKING:
    from gpiozero import DigitalOutputDevice, Factory


class NoPin(OSError):
    """The relay's pin cannot be reached; the text says why, to a technician."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"không điều khiển được rơ-le / relay out of reach: {detail}")


def open_factory(name: str) -> "Factory":
    """Open gpiozero's way to the pins by its name in the settings. Raises NoPin."""
    # gpiozero takes 5 MB, which a house without a relay need not spend.
    from gpiozero import GPIOZeroError

    try:
        if name == "mock":
            from gpiozero.pins.mock import MockFactory

            return MockFactory()
        if name == "native":
            from gpiozero.pins.native import NativeFactory

            return NativeFactory()
        return _open_lgpio()
    except (ImportError, OSError, GPIOZeroError) as error:
        raise NoPin(f"pin_factory {name!r}: {error}") from None


def _open_lgpio() -> "Factory":
    from gpiozero.pins import lgpio

    try:
        return lgpio.LGPIOFactory()
    except lgpio.lgpio.error as error:
        raise OSError(str(error)) from None


class Amplifier:
    """One relay. `step` must be called every second or so: it ends the hold and watches the longest time on."""

    def __init__(self, settings: AmplifierSettings, clock: Clock, factory: "Factory | None" = None) -> None:
        """Open the pin, low. `factory` is needed where a pin is wired. Raises NoPin."""
        self._settings = settings
        self._clock = clock
        self._device = _open(settings, factory)
        self._is_on = False
        self._powered_s = 0.0
        self._asked_s = 0.0
        self._released_s: float | None = None

    @property
    def is_on(self) -> bool:
        return self._is_on

    @property
    def warm_up_left_s(self) -> float:
        """Seconds until it would sound clear if it were switched on now; 0 where no relay is wired."""
        if self._settings.pin < 0:
            return 0.0
        since_s = self._clock.monotonic() - self._powered_s if self._is_on else 0.0
        return max(0.0, self._settings.warm_up_s - since_s)

    def on(self) -> None:
        """Switch on for one play, or keep on for the next one; the longest time on counts from here."""
        self._asked_s = self._clock.monotonic()
        self._released_s = None
        if not self._is_on:
            self._powered_s = self._asked_s
            self._switch(True)

    def off(self) -> None:
        """The play is over: power goes off once `hold_s` has passed without another."""
        if self._is_on and self._released_s is None:
            self._released_s = self._clock.monotonic()

    def step(self) -> None:
        now_s = self._clock.monotonic()
        is_released = self._released_s is not None and now_s - self._released_s >= self._settings.hold_s
        if self._is_on and (is_released or now_s - self._asked_s >= self._settings.max_on_s):
            self._switch(False)

    def close(self) -> None:
        """Off at once, and the pin given back."""
        self._switch(False)
        if self._device is not None:
            self._device.close()
            self._device = None

    def _switch(self, is_on: bool) -> None:
        self._is_on = is_on
        if self._device is not None:
            self._device.value = is_on


def _open(settings: AmplifierSettings, factory: "Factory | None") -> "DigitalOutputDevice | None":
    if settings.pin < 0:
        return None
    if factory is None:
        raise NoPin("a pin is wired, but no pin_factory was opened")
    from gpiozero import DigitalOutputDevice, GPIOZeroError

    try:
        return DigitalOutputDevice(
            settings.pin, active_high=settings.active_high, initial_value=False, pin_factory=factory
        )
    except (OSError, GPIOZeroError) as error:
        raise NoPin(f"pin {settings.pin}: {error}") from None

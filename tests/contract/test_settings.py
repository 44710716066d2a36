"""Settings files: a slip of the finger is named, with the word that was meant."""

from dataclasses import dataclass

import pytest

from contract.settings import BadSettings, example, parse, required, setting


@dataclass(frozen=True, kw_only=True)
class Horn:
    pin: int = setting(17, "GPIO pin.")


@dataclass(frozen=True, kw_only=True)
class House:
    name: str = required("Thôn 1", "The village.")
    volume_pct: int = setting(80, "How loud.\nAt most 100.")
    horn: Horn = setting(Horn(), "The relay.")
    horns: tuple[Horn, ...] = setting((), "More relays.")


def test_a_misspelt_key_is_refused_with_a_suggestion() -> None:
    with pytest.raises(BadSettings, match="did you mean 'volume_pct'"):
        parse('name = "a"\nvolume_pc = 3', House)
    with pytest.raises(BadSettings, match=r"'horn.pni'.*did you mean 'pin'"):
        parse('name = "a"\n[horn]\npni = 3', House)
    with pytest.raises(BadSettings, match=r"'horns.pni'"):
        parse('name = "a"\n[[horns]]\npni = 3', House)


@pytest.mark.parametrize("text", ["name = 1", "volume_pct = 3", 'name = "a"\nvolume_pct = "loud"', "name = "])
def test_a_wrong_or_missing_value_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match=r"speaker\.toml"):
        parse(text, House, "speaker.toml")


def test_the_example_is_a_file_that_works() -> None:
    text = example(House, "A house.")
    assert parse(text, House) == House(name="Thôn 1", horns=(Horn(),))
    assert "# How loud.\n# At most 100.\nvolume_pct = 80" in text

"""What a camera was just seen to show vouches for it only once it has proved right."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from contract.terms import CameraFault
from edge.camera.health.memory import CONFIRMED, Memory
from edge.camera.judging import DictAlbum
from edge.camera.scripted import AS_EVER, USUAL
from edge.camera.view.seen import Look, Obstacle

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
EVERY = timedelta(seconds=20)


def look(name: bytes) -> Look:
    return Look(obstacle=Obstacle.NONE, packets=9, picture=1, measures=USUAL, comparison=AS_EVER, small=name)


def put_up() -> Memory:
    memory = Memory(DictAlbum(), UTC)
    memory.take(replace(look(b"first"), comparison=None), NOON - timedelta(hours=5), CameraFault.NONE, is_settled=False)
    return memory


def compared_with(memory: Memory, at: datetime) -> set[bytes]:
    return {shown.picture for shown in memory.question(at).references} - {b"first"}


def test_a_picture_is_compared_with_two_minutes_later_and_not_at_the_next_look() -> None:
    memory = put_up()
    memory.take(look(b"noon"), NOON, CameraFault.NONE, is_settled=True)
    memory.kept.clear()  # but for the last one
    assert compared_with(memory, NOON + EVERY) == set()
    assert compared_with(memory, NOON + CONFIRMED) == {b"noon"}


def test_one_that_turns_out_to_have_been_the_start_of_a_fault_never_is() -> None:
    memory = put_up()
    for n, (name, fault) in enumerate(
        [(b"healthy", CameraFault.NONE), (b"a hand comes", CameraFault.NONE), (b"covered", CameraFault.COVERED)]
    ):
        at = NOON + n * CONFIRMED if n < 2 else NOON + CONFIRMED + EVERY
        memory.take(look(name), at, fault, is_settled=True)
    memory.kept.clear()
    assert compared_with(memory, NOON + timedelta(minutes=30)) == {b"healthy"}


def test_it_speaks_for_the_present_light_as_long_as_that_can_hardly_have_changed() -> None:
    memory = put_up()
    memory.take(look(b"noon"), NOON, CameraFault.NONE, is_settled=True)
    memory.kept.clear()
    assert compared_with(memory, NOON + timedelta(minutes=59)) == {b"noon"}
    assert compared_with(memory, NOON + timedelta(minutes=61)) == set()

"""News reach threads and coroutines, and nobody misses one between looking and waiting."""

import asyncio
import threading

from hub.news import News

PATIENCE_S = 10.0


def test_what_was_told_before_is_known_at_once() -> None:
    news = News()
    seen = news.version
    news.tell("fleet")
    assert news.block(seen, PATIENCE_S) > seen
    assert asyncio.run(news.wait(seen, PATIENCE_S)) > seen


def test_a_burst_is_one_piece_of_news_to_a_slow_reader() -> None:
    news = News()
    for _ in range(1000):
        news.tell("fleet")
    seen = news.block(0, PATIENCE_S)
    assert news.block(seen, 0.01) == seen


def test_without_news_a_thread_goes_on_after_its_time() -> None:
    news = News()
    assert news.block(news.version, 0.01) == 0


def test_without_news_a_coroutine_goes_on_after_its_time() -> None:
    news = News()
    assert asyncio.run(news.wait(news.version, 0.01)) == 0


def test_a_thread_is_woken() -> None:
    news = News()
    threading.Timer(0.02, news.tell, ["plans"]).start()
    assert news.block(0, PATIENCE_S) == 1


def test_all_coroutines_are_woken_from_another_thread() -> None:
    news = News()

    async def wait_thrice() -> list[int]:
        waiting = asyncio.gather(*(news.wait(0, PATIENCE_S) for _ in range(3)))
        await asyncio.sleep(0)
        threading.Thread(target=news.tell, args=["fleet"]).start()
        return await waiting

    assert asyncio.run(wait_thrice()) == [1, 1, 1]


def test_a_coroutine_that_gave_up_is_forgotten() -> None:
    news = News()

    async def give_up() -> None:
        waiting = asyncio.create_task(news.wait(0, PATIENCE_S))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(give_up())
    news.tell("fleet")
    assert news.version == 1

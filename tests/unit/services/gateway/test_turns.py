import asyncio

from services.gateway.turns import Turns


def test_one_names_tasks_have_their_turn_one_after_another_beside_the_others() -> None:
    turns, running, most = Turns(), {"a": 0, "b": 0}, {"a": 0, "b": 0}
    together = 0

    async def task(name: str) -> None:
        nonlocal together
        async with turns.turn(name):
            running[name] += 1
            most[name] = max(most[name], running[name])
            together = max(together, sum(running.values()))
            await asyncio.sleep(0)
            running[name] -= 1

    async def every() -> None:
        await asyncio.gather(*(task(name) for name in "aaaabbbb"))

    asyncio.run(every())
    assert most == {"a": 1, "b": 1}
    assert together == 2
    assert len(turns) == 0


def test_who_gives_up_or_fails_leaves_the_turn_to_the_next() -> None:
    turns = Turns()

    async def fail() -> None:
        async with turns.turn("a"):
            await asyncio.sleep(0)
            raise ValueError

    async def every() -> int:
        waiting = [asyncio.create_task(fail()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        async with turns.turn("a"):
            return len(turns)

    assert asyncio.run(every()) == 1
    assert len(turns) == 0

import dataclasses
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from crosswind.makers import Makers, Owner

STAGE = "0123456789ab"


def forge(root: Path, owner: Owner, silent: float = 0.0, generation: int = 0) -> Path:
    """A claim as another process would have left it."""
    path = root / "claims" / f"{STAGE}.{generation}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(dataclasses.asdict(owner)), encoding="utf-8")
    os.utime(path, (time.time() - silent,) * 2)
    return path


def dead() -> Owner:
    """A process of this machine that lives no more."""
    code = "import json; from dataclasses import asdict; from crosswind.makers import Owner;"
    code += "print(json.dumps(asdict(Owner.me())))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return Owner(**json.loads(done.stdout))


def test_a_stage_is_claimed_once_until_it_is_given_back(tmp_path: Path) -> None:
    with Makers(tmp_path) as one, Makers(tmp_path) as other:
        assert one.take(STAGE)
        assert one.take(STAGE), "what is mine stays mine"
        assert not other.take(STAGE)
        assert other.is_claimed(STAGE)
        assert other.living() == {STAGE: one.owner}
        one.release(STAGE)
        assert not other.is_claimed(STAGE)
        assert other.take(STAGE)
    assert not list((tmp_path / "claims").iterdir())


def test_a_dead_process_of_this_machine_loses_its_claim_at_once(tmp_path: Path) -> None:
    forge(tmp_path, dead())
    with Makers(tmp_path) as claims:
        assert not claims.is_claimed(STAGE)
        assert claims.take(STAGE)


def test_a_zombie_is_dead(tmp_path: Path) -> None:
    code = "from pathlib import Path; from crosswind.makers import Makers; import os, sys;"
    code += f"Makers(Path(sys.argv[1])).take({STAGE!r}); os._exit(0)"
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, and not yet buried
    with Makers(tmp_path) as claims:
        assert claims.take(STAGE)
    process.wait()


def test_a_process_number_that_was_given_away_again_does_not_hold_a_claim(tmp_path: Path) -> None:
    forge(tmp_path, dataclasses.replace(Owner.me(), started="1"))
    with Makers(tmp_path) as claims:
        assert claims.take(STAGE)


def test_a_living_process_keeps_its_claim_however_silent(tmp_path: Path) -> None:
    forge(tmp_path, Owner.me(), silent=1000)
    with Makers(tmp_path) as claims:
        assert not claims.take(STAGE)


@pytest.mark.parametrize(("silent", "taken"), [(0, False), (30, False), (90, True)])
def test_another_machine_loses_its_claim_after_silence(tmp_path: Path, silent: float, taken: bool) -> None:
    forge(tmp_path, dataclasses.replace(Owner.me(), place="elsewhere", pid=1), silent)
    with Makers(tmp_path) as claims:
        assert claims.take(STAGE) is taken


def test_a_container_with_the_same_host_name_is_another_machine(tmp_path: Path) -> None:
    mine = Owner.me()
    forge(tmp_path, dataclasses.replace(mine, place=f"{mine.place.split()[0]} boot pid:[1]", pid=2**22 - 1))
    with Makers(tmp_path) as claims:
        assert not claims.take(STAGE)


def test_a_torn_claim_counts_as_silent_only_after_a_while(tmp_path: Path) -> None:
    path = forge(tmp_path, Owner.me())
    path.write_text('{"place": "he', encoding="utf-8")
    with Makers(tmp_path) as claims:
        assert not claims.take(STAGE)
        os.utime(path, (time.time() - 100,) * 2)
        assert claims.take(STAGE)


def test_a_held_claim_is_kept_alive(tmp_path: Path) -> None:
    with Makers(tmp_path, silent_seconds=0.2) as claims:
        assert claims.take(STAGE)
        path = claims.newest(STAGE)
        assert path is not None
        os.utime(path, (1, 1))
        deadline = time.monotonic() + 5
        while path.stat().st_mtime == 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert path.stat().st_mtime > 1


def test_nothing_is_written_before_the_first_claim(tmp_path: Path) -> None:
    with Makers(tmp_path / "store") as claims:
        assert not claims.is_claimed(STAGE)
        assert claims.living() == {}
    assert not (tmp_path / "store").exists()


def test_of_many_takers_of_a_dead_claim_exactly_one_wins(tmp_path: Path) -> None:
    owner = dead()
    for generation in range(20):
        forge(tmp_path, owner)
        takers = [Makers(tmp_path) for _ in range(8)]
        gate = threading.Barrier(len(takers))
        won: list[bool] = []

        def take(claims: Makers, gate: threading.Barrier = gate, won: list[bool] = won) -> None:
            gate.wait()
            won.append(claims.take(STAGE))

        threads = [threading.Thread(target=take, args=(claims,)) for claims in takers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for claims in takers:
            claims.close()
        assert sum(won) == 1, generation


def test_a_slow_taker_does_not_take_what_was_taken_given_back_and_taken_again_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge(tmp_path, dead())
    with Makers(tmp_path) as slow, Makers(tmp_path) as quick, Makers(tmp_path) as third:
        create = slow.create

        def late(path: Path) -> bool:
            assert quick.take(STAGE)
            quick.release(STAGE)
            assert third.take(STAGE)
            return create(path)

        monkeypatch.setattr(slow, "create", late)
        assert not slow.take(STAGE)
        assert third.living() == {STAGE: third.owner}


HAMMER = """
import os, sys, time
from pathlib import Path
from crosswind.makers import Makers
root, stage = Path(sys.argv[1]), sys.argv[2]
inside = root / "inside"
end = time.monotonic() + float(sys.argv[3])
wins = 0
with Makers(root) as claims:
    while time.monotonic() < end:
        if claims.take(stage):
            os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
            wins += 1
            inside.unlink()
            claims.release(stage)
print(wins)
"""


def test_processes_that_hammer_one_stage_are_never_two_inside(tmp_path: Path) -> None:
    forge(tmp_path, dead())
    command = [sys.executable, "-c", HAMMER, str(tmp_path), STAGE, "1.5"]
    hammers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    wins = [int(hammer.communicate()[0] or 0) for hammer in hammers]
    assert [hammer.returncode for hammer in hammers] == [0, 0, 0, 0]
    assert sum(wins) > 20

"""A headless Chromium that tests drive through its own debugging pipe: what it draws, logs and asks the network for."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SWITCHES = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--remote-debugging-pipe", "--disable-dev-shm-usage"),
)


def executable() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """One tab. Commands and events are JSON texts that end with a zero byte, on the descriptors 3 and 4."""

    def __init__(self, send: int, receive: int):
        self.send, self.receive = send, receive
        self.buffer, self.number = b"", 0
        self.events: list[dict[str, Any]] = []
        self.session = ""

    def message(self) -> dict[str, Any]:
        while b"\0" not in self.buffer:
            got = os.read(self.receive, 1 << 16)
            assert got, "the browser has gone"
            self.buffer += got
        text, _, self.buffer = self.buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(text)
        return found

    def command(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; events that come between are kept."""
        self.number += 1
        told = {"id": self.number, "method": method, "params": params}
        if self.session:
            told["sessionId"] = self.session
        os.write(self.send, json.dumps(told).encode() + b"\0")
        while True:
            found = self.message()
            if found.get("id") == self.number:
                assert "error" not in found, found
                answer: dict[str, Any] = found["result"]
                return answer
            self.events.append(found)

    def open(self, path: Path, width: int = 1200, height: int = 900, scripts: Literal["on", "off"] = "on") -> Self:
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Network", "Page"):
            self.command(f"{domain}.enable")
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        self.command("Emulation.setScriptExecutionDisabled", value=scripts == "off")  # `run` does so all the same
        self.command("Page.navigate", url=path.resolve().as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())
        return self

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        found = self.command("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str) -> None:
        code = {"Tab": 9, "Enter": 13}.get(key, 0)
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.command(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                **(text if kind == "keyDown" else {}),
            )  # fmt: skip

    def hover(self, x: float, y: float) -> None:
        self.command("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def printed(self) -> bytes:
        """The page as a PDF, on paper as the page itself asks for, else A4."""
        paper = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
        return base64.b64decode(self.command("Page.printToPDF", printBackground=True, **paper)["data"])

    def shot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.command("Page.captureScreenshot", captureBeyondViewport=True)["data"]))

    @property
    def errors(self) -> list[str]:
        """Everything that the console would show in red."""
        found = []
        for event in self.events:
            match event.get("method"), event.get("params", {}):
                case "Runtime.exceptionThrown", params:
                    found.append(json.dumps(params["exceptionDetails"]))
                case "Log.entryAdded", {"entry": {"level": "error", **entry}}:
                    found.append(str(entry.get("text")))
                case "Runtime.consoleAPICalled", {"type": "error" | "assert", **call}:
                    found.append(json.dumps(call))
        return found

    @property
    def requests(self) -> list[str]:
        """Every address that was asked for."""
        sent = (event for event in self.events if event.get("method") == "Network.requestWillBeSent")
        return [event["params"]["request"]["url"] for event in sent]


@contextmanager
def browser() -> Iterator[Page]:
    """A browser with a folder of its own, closed and cleared away at the end."""
    name = executable()
    assert name is not None
    to_child, from_parent = os.pipe()
    to_parent, from_child = os.pipe()

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:

        def place() -> None:
            """Put the pipes where the browser looks for them; out of the way first, lest one lands on the other."""
            apart = [fcntl.fcntl(each, fcntl.F_DUPFD, 100) for each in (to_child, from_child)]
            for number, each in enumerate(apart, start=3):
                os.dup2(each, number)

        process = subprocess.Popen(
            [name, *SWITCHES, f"--user-data-dir={profile}"],
            pass_fds=(3, 4),
            preexec_fn=place,
            env=os.environ | {"TMPDIR": profile},  # whatever it leaves goes with the profile
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_child)
        os.close(from_child)
        page = Page(from_parent, to_parent)
        try:
            yield page
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(from_parent)
            os.close(to_parent)

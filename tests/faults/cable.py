"""A cable between a gateway and its database that can be cut: it keeps both connections and lets nothing through."""

from __future__ import annotations

import selectors
import socket
import threading

__all__ = ["Cable"]


class Cable:
    """Forwards TCP connections at `port` of loopback to a database's socket (a path or a port), in a thread."""

    def __init__(self, target: str | tuple[str, int]) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._whole = threading.Event()
        self._whole.set()
        self._ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    def close(self) -> None:
        self._ended.set()
        self._whole.set()
        self._listening.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        self._whole.wait()  # a connection that begins while the cable is cut waits as well
        far = socket.socket(socket.AF_UNIX if isinstance(self._target, str) else socket.AF_INET)
        with near, far, selectors.DefaultSelector() as ready:
            far.connect(self._target)
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while not self._ended.is_set():
                for key, _ in ready.select(0.05):
                    self._whole.wait()
                    assert isinstance(key.fileobj, socket.socket)
                    try:
                        data = key.fileobj.recv(1 << 16)
                        key.data.sendall(data)
                    except OSError:
                        return
                    if not data:
                        return

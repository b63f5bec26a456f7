"""What stands between a reader of vpcd and the key as a card: cards and readers of other kinds than ours."""

import contextlib
import socket
import threading

# vpcd's messages of one byte.
OFF, ATR = b"\x00", b"\x04"


class Between:
    """Passes messages through, and can lift the key off the reader. A kind of card says its own answer to reset, and what
    becomes of an APDU."""

    atr = None

    def __init__(self, reader_port):
        self.reader_port = reader_port
        self.seen = []
        self.down = threading.Event()
        self.down.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def lift(self):
        self.down.clear()
        self.reader.shutdown(socket.SHUT_RDWR)

    def lay_down(self):
        self.down.set()

    def serve(self):
        self.card, _ = self.listener.accept()
        # A card that is gone takes the reader's connection along.
        with self.card, contextlib.suppress(EOFError, ConnectionError):
            while self.down.wait():
                with socket.create_connection(("127.0.0.1", self.reader_port)) as self.reader:
                    # A card may be lifted while it is asked.
                    with contextlib.suppress(ConnectionError):
                        self.relay()
                send(self.card, OFF)

    def relay(self):
        while message := receive(self.reader):
            if message == ATR:
                theirs = self.ask(ATR)
                send(self.reader, self.atr or theirs)
            elif len(message) == 1:
                send(self.card, message)
            else:
                self.seen.append(message)
                send(self.reader, self.answer(message))

    def ask(self, message):
        send(self.card, message)
        answer = receive(self.card)
        if not answer:
            raise EOFError
        return answer

    def answer(self, apdu):
        return self.ask(apdu)


class ShortLengths(Between):
    """A YubiKey NEO in a reader with contacts: T=1, nothing of extended lengths."""

    atr = bytes.fromhex("3BFC1300008131FE15597562696B65794E454F7233E1")

    def answer(self, apdu):
        return self.ask(apdu) if len(apdu) <= 261 else b"\x67\x00"


class NoExtendedReader(Between):
    """A card that says it takes extended lengths, on a reader that does not."""

    atr = bytes.fromhex("3B8D80018073C021C057597562694B6579F9")

    def answer(self, apdu):
        extended = len(apdu) > 6 and apdu[4] == 0
        return b"\x67\x00" if extended else self.ask(apdu)


class ByteByByte(Between):
    """T=0: a command has data or asks for some, and what it asks for has exactly the length that is there."""

    atr = bytes.fromhex("3B021450")
    waiting, status = b"", b"\x90\x00"

    def answer(self, apdu):
        if apdu[1] == 0xC0:
            return self.rest(apdu[4] or 256)
        if len(apdu) > 5 and len(apdu) != 5 + apdu[4]:
            return b"\x67\x00"
        # Links of a chain have no response.
        answer = self.ask(apdu)
        self.waiting, self.status = answer[:-2], answer[-2:]
        while self.status[0] == 0x61:
            answer = self.ask(bytes([0x00, 0xC0, 0x00, 0x00, self.status[1]]))
            self.waiting, self.status = self.waiting + answer[:-2], answer[-2:]
        return self.more() if self.waiting else self.status

    def rest(self, wanted):
        if wanted > len(self.waiting):
            return bytes([0x6C, len(self.waiting)])
        part, self.waiting = self.waiting[:wanted], self.waiting[wanted:]
        return part + self.more() if self.waiting else part + self.status

    def more(self):
        # "256 or more" is said as 0; the last part is announced as 256 at times, so that its length is asked again.
        return bytes([0x61, len(self.waiting) if len(self.waiting) < 100 else 0])


def receive(stream):
    head = stream.recv(2, socket.MSG_WAITALL)
    return stream.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL) if len(head) == 2 else b""


def send(stream, message):
    stream.sendall(len(message).to_bytes(2, "big") + message)

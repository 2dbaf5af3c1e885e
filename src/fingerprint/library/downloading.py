"""One file over HTTP, continued where the last attempt stopped."""

from __future__ import annotations

import errno
import os
import re
import socket
import time
import urllib.request
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from fingerprint import __version__
from fingerprint.errors import InputError
from fingerprint.intake.files.raw import Progress

# HTTPS; or this machine alone, where nobody stands between.
SAFE_ADDRESS = r"^(https://|http://127\.0\.0\.1[:/])"
# Seconds without a byte, and the least bytes a second over as long.
_PATIENCE = 30.0
_LEAST_RATE = 200
_CHUNK_BYTES = 1 << 16
# No table of assays comes near; a server that gives no length could go on for ever.
_MOST_BYTES = 1 << 32
# A file system may have a largest file; a process may be given one.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Downloader:
    """Downloads a file for pooch; what arrived before a failure is kept and continued.

    Parameters
    ----------
    part
        Where bytes are kept until there are all of them; its name must tell the version of the
        file, so that another version never continues it.
    progress
        Called with bytes done and bytes in all (0 where the server does not say).
    patience
        Seconds that the server may send nothing, or next to nothing.
    """

    def __init__(
        self, part: Path, progress: Progress | None = None, patience: float = _PATIENCE
    ) -> None:
        self.part = part
        self.progress = progress
        self.patience = patience
        # Whether the server said how long the file is; whether the file is of one piece.
        self.length_known = False
        self.continued = False

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        """Download a file.

        Parameters
        ----------
        url
            Its address.
        output_file
            Takes the whole file.
        pooch
            Not used.

        Raises
        ------
        InputError
            If the file does not arrive whole, or cannot be written.
        """
        try:
            with self.part.open("ab") as part:
                self._receive(url, part)
            self.part.replace(output_file)
        except HTTPError as error:
            raise _refused(error, url) from None
        except URLError as error:
            raise self._failed(error.reason, url) from None
        except (HTTPException, OSError) as error:
            raise self._failed(error, url) from None
        finally:
            if self.part.exists() and not self.part.stat().st_size:
                self.part.unlink()

    def _receive(self, url: str, part: BinaryIO) -> None:
        start = part.seek(0, os.SEEK_END)
        try:
            answer = self._ask(url, start)
        except HTTPError as error:
            if not start or error.code != 416:
                raise
            # There are more bytes here than the server has.
            error.close()
            answer, start = self._ask_anew(url, part), 0
        if start and answer.status != 206:
            part.truncate(0)
            start = 0
        elif start and not _begins_at(answer, start):
            answer.close()
            answer, start = self._ask_anew(url, part), 0
        with answer:
            self.continued = start > 0
            self._copy(answer, part, start, url)

    def _ask(self, url: str, start: int) -> HTTPResponse:
        request = urllib.request.Request(url, headers={"User-Agent": f"fingerprint/{__version__}"})
        if start:
            request.add_header("Range", f"bytes={start}-")
        opener = urllib.request.build_opener(_SafeRedirects)
        answer: HTTPResponse = opener.open(request, timeout=self.patience)
        return answer

    def _ask_anew(self, url: str, part: BinaryIO) -> HTTPResponse:
        part.truncate(0)
        return self._ask(url, 0)

    def _copy(self, answer: HTTPResponse, part: BinaryIO, start: int, url: str) -> None:
        length = answer.headers.get("Content-Length", "")
        self.length_known = length.isdecimal()
        total = start + int(length) if self.length_known else 0
        done = marked = start
        since = time.monotonic()
        # A single read of what has come, however little: else a trickle would never be noticed.
        while (not total or done < total) and (chunk := answer.read1(_CHUNK_BYTES)):
            part.write(chunk)
            done += len(chunk)
            if done > _MOST_BYTES:
                part.truncate(0)
                raise _endless(url)
            if self.progress is not None:
                self.progress(done, total)
            now = time.monotonic()
            if now - since > self.patience:
                if done - marked < _LEAST_RATE * (now - since):
                    raise self._too_slow(url)
                since, marked = now, done
        if done < total:
            part.flush()
            raise self._cut_off(url, total)

    def _failed(self, error: str | BaseException, url: str) -> InputError:
        parts = urlsplit(url)
        proxy = urllib.request.getproxies().get(parts.scheme)
        # The address of a proxy may hold a password.
        host = f"{parts.hostname} (or the proxy)" if proxy else parts.hostname
        if isinstance(error, socket.gaierror):
            what = f"the name {host} is not found: there is no network, or no such server"
        elif isinstance(error, ConnectionRefusedError):
            what = f"{host} refuses the connection"
        elif isinstance(error, TimeoutError):
            return self._too_slow(url)
        elif isinstance(error, (HTTPException, ConnectionError)):
            return self._cut_off(url)
        elif isinstance(error, OSError) and error.errno in _FULL:
            return InputError(
                "the disk is full", "Make room; the next try continues.", self.part.parent
            )
        elif isinstance(error, OSError) and error.filename is not None:
            return InputError(
                f"the file cannot be written ({error.strerror})",
                "Check that you have leave to write there.",
                self.part.parent,
            )
        else:
            what = f"the server cannot be reached ({error})"
        return InputError(what, "Check the network and try again.", url)

    def _too_slow(self, url: str) -> InputError:
        return InputError(
            f"the server sends nothing, or next to nothing, for {self.patience:g} seconds "
            f"({self._arrived()})",
            "Try again later; the next try continues from there.",
            url,
        )

    def _cut_off(self, url: str, total: int = 0) -> InputError:
        of_all = f" of {total:,}" if total else ""
        return InputError(
            f"the download was cut off ({self._arrived()}{of_all})",
            "Try again; the next try continues from there.",
            url,
        )

    def _arrived(self) -> str:
        size = self.part.stat().st_size if self.part.exists() else 0
        return f"{size:,} bytes arrived"


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows where the server sends on to, unless anyone could listen or interfere there."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not re.match(SAFE_ADDRESS, newurl):
            raise InputError(
                f"the server sends on to {newurl[:200]}, which is not https",
                "Nothing was taken from there. Report it.",
                req.full_url,
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _begins_at(answer: HTTPResponse, start: int) -> bool:
    return answer.headers.get("Content-Range", "").startswith(f"bytes {start}-")


def _endless(url: str) -> InputError:
    return InputError(
        f"the server sends more than {_MOST_BYTES:,} bytes",
        "It was removed. Report it: no raw file is so long.",
        url,
    )


def _refused(error: HTTPError, url: str) -> InputError:
    with error:
        status = f"{error.code} {error.reason}".splitlines()[0]
    if error.code in (404, 410):
        return InputError(
            f"the server no longer has the file ({status})", "Report it: the recipe is old.", url
        )
    remedy = "Try again later." if error.code >= 500 or error.code == 429 else "Report it."
    return InputError(f"the server does not give the file ({status})", remedy, url)

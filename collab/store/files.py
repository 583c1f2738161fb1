"""Files that are there whole or not at all, and the two ways to publish one."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from collab.errors import StoreFull, Unusable


def replace_file(path: Path, content: bytes) -> None:
    """Readers see the old content or the new, never a mixture."""
    with _temporary_beside(path, content) as temporary:
        temporary.replace(path)
    sync_folder(path.parent)


def publish(path: Path, content: bytes) -> bool:
    """Create `path` with `content`, or return False when the name is taken. The link is what makes it a claim."""
    with _temporary_beside(path, content) as temporary:
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return False
    sync_folder(path.parent)
    return True


def append(path: Path, content: bytes) -> None:
    """Append and fsync: when this returns the bytes survive a power cut."""
    with in_words(path):
        new = not path.exists()
        with path.open("ab") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if new:
            sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A new name is durable only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _temporary_beside(path: Path, content: bytes) -> Iterator[Path]:
    with in_words(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            yield temporary
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Disk trouble as a sentence that names the file and the way out."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(f"{path}: {error.strerror}. Free some space; the same command goes on.") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EEXIST):
            raise Unusable(f"{path}: {error.strerror}. Choose another folder with --output-dir.") from error
        raise

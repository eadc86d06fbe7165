"""Files that are to go with a reply: of which kind, how many, how big. True for any marketplace."""

from ..schema import FileLimits, Finding

#: What a file of each ending says it is; an unnamed type counts as any.
FILE_TYPES = {
    "pdf": ("application/pdf", "application/x-pdf"),
    "txt": ("text/plain",),
    "doc": ("application/msword",),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/zip"),
}
UNNAMED_TYPES = ("", "application/octet-stream", "binary/octet-stream", "application/force-download")
#: Bytes of a file in a mail for each of its own (base64).
ENCODED = 4 / 3


def check_files(files, limits: FileLimits, name: str, known_endings=()) -> list[Finding]:
    """Return the findings about files: their kind, their number, and their sizes.

    :param FileLimits limits: each limit may be missing; without endings any kind of file will do.
    :param str name: the marketplace's.
    :param known_endings: those whose files must also say that they are of that kind.
    """
    endings = tuple(one.lower().lstrip(".") for one in limits.endings)
    checked = (_check_file(file, limits, endings, name, known_endings) for file in files)
    findings = [finding for finding in checked if finding]
    if limits.count is not None and len(files) > limits.count:
        text = f"There are {len(files)} files; {name} takes {limits.count}. "
        findings.append(Finding("file_count", "block", f"{text}Leave some out or send them in a second answer."))
    if limits.bytes_total is not None:
        findings += _check_total(sum(file.size for file in files), limits.bytes_total, name)
    return findings


def _check_file(file, limits, endings, name, known_endings):
    """Return what is wrong with one file, or None."""
    ending = file.name.lower().rpartition(".")[2] if "." in file.name else ""
    if endings and ending not in endings or not _is_of_type(file.content_type, ending, known_endings):
        text = f"{name} does not pass “{file.name}” on. Files may be of these kinds: {', '.join(endings)}."
        return Finding("file_type", "block", text, (file.name,))
    if file.size <= 0:
        return Finding("file_empty", "block", f"“{file.name}” is empty: attach it again.", (file.name,))
    if limits.bytes_each is not None and file.size > limits.bytes_each:
        text = f"“{file.name}” has {_megabytes(file.size)}; {name} takes {_limit(limits.bytes_each)} a file. "
        return Finding("file_size", "block", f"{text}Make it smaller.", (file.name,))
    return None


def _check_total(total, limit, name):
    if total > limit:
        text = f"The files have {_megabytes(total)} together; {name} takes {_limit(limit)}. "
        yield Finding("file_size", "block", f"{text}Leave one out or make them smaller.")
    elif total * ENCODED > limit:
        text = f"The files have {_megabytes(total)} together, but more than {_limit(limit)} as a mail carries them: "
        yield Finding("file_size", "warn", f"{text}{name} may refuse them.")


def _is_of_type(content_type, ending, known_endings):
    told = (content_type or "").partition(";")[0].strip().lower()
    if told in UNNAMED_TYPES or ending not in known_endings:
        return True
    known = FILE_TYPES.get(ending)
    return told in known if known else told.startswith("image/")


def _megabytes(size):
    return f"{size / 1_000_000:.1f} MB"


def _limit(size):
    return f"{size / 1_000_000:g} MB"

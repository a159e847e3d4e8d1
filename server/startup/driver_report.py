"""Writes down how a Python driver ended: the error that nothing caught, or that there was none.

The report is a file of JSON beside the logs (see batches/driverReport/). It is made when the interpreter ends, from
sys.last_exc, which the interpreter sets when an error ends the program. So nothing of the program is replaced, and it
runs no slower: an audit hook would see the same, but each call of id() and copy.deepcopy() takes several times as long
with one. A program that ends by os._exit or by a signal leaves no report.

Nothing is imported when the report is made, since the program's folder may have modules of any name.
"""

import os
import sys

NAME = "driver-report.json"
MESSAGE_LIMIT = 192 * 1024
"""Characters of the uncaught error's message, which may hold the traceback of a Python worker. Others get an eighth."""
LONGEST = 4096
"""Characters of a name or a path."""
FIRST_FRAMES, LAST_FRAMES = 20, 100
MOST_ERRORS = 12
MOST_NOTES = 10


def install(folder):
    """Has the report written to a folder when this process ends, and not when one forked from it does."""
    if sys.implementation.name != "cpython":
        return
    known = "atexit" in sys.modules
    import atexit

    atexit.register(write_report, folder, os.getpid(), os.getcwd())
    # From 3.10 on the callbacks are the interpreter's, and the module can be as new to the program as without us.
    if not known and sys.version_info >= (3, 10):
        del sys.modules["atexit"]


def write_report(folder, pid, cwd):
    try:
        if os.getpid() == pid:
            write(os.path.join(folder, NAME), to_json({"version": 1, "cwd": cwd, "errors": describe_end()}))
    except BaseException:
        pass  # The output is read instead.


def write(path, text):
    """Whole or not at all."""
    new = path + ".new"
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        data = text.encode("ascii")
        while data:
            data = data[os.write(file, data) :]
    finally:
        os.close(file)
    os.rename(new, path)


def describe_end():
    """The error that ended the program, the members of it when it is a group, and what led to them; nothing without one."""
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if not isinstance(error, BaseException):
        return []
    trace = error.__traceback__ and of_program(error.__traceback__)
    if error.__traceback__ is not None and trace is None:
        return []  # Printed by a library or a console, and the program went on.
    described = []
    waiting = [(error, "uncaught", trace)]
    seen = set()
    while waiting and len(described) < MOST_ERRORS:
        error, role, trace = waiting.pop(0)
        if not isinstance(error, BaseException) or id(error) in seen:
            continue
        seen.add(id(error))
        described.append(describe(error, role, trace, MESSAGE_LIMIT if role == "uncaught" else MESSAGE_LIMIT // 8))
        members = getattr(error, "exceptions", None)
        if isinstance(members, tuple):
            waiting.extend((each, "member", each.__traceback__) for each in members[:MOST_ERRORS] if isinstance(each, BaseException))
        before = error.__cause__
        if before is None and not error.__suppress_context__:
            before = error.__context__
        if before is not None:
            waiting.append((before, "member" if role == "member" else "before", before.__traceback__))
    return described


def of_program(trace):
    """The traceback from the program's first line on; None when it doesn't come from there."""
    module = sys.modules.get("__main__")
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_name == "<module>" and frame.f_globals is getattr(module, "__dict__", None):
            return trace
        trace = trace.tb_next
    return None


def describe(error, role, trace, limit):
    kind = type(error)
    described = {
        "role": role,
        "module": shorten(str(kind.__module__), LONGEST),
        "type": shorten(kind.__qualname__, LONGEST),
        "message": shorten(message_of(error), limit),
        "notes": notes_of(error, limit),
        "frames": frames_of(trace),
    }
    if isinstance(error, SyntaxError) and isinstance(error.filename, str) and isinstance(error.lineno, int):
        described["syntax"] = syntax_of(error)
    return described


def message_of(error):
    if isinstance(error, SyntaxError):
        return str(error.msg)
    try:
        return str(error)
    except Exception:
        return "<exception str() failed>"


def notes_of(error, limit):
    notes = getattr(error, "__notes__", None)
    if not isinstance(notes, (list, tuple)):
        return []
    return [shorten(each, limit // MOST_NOTES) for each in notes[:MOST_NOTES] if isinstance(each, str)]


def syntax_of(error):
    where = {"file": shorten(error.filename, LONGEST), "line": error.lineno}
    if isinstance(error.offset, int) and error.offset > 0:
        where["column"] = error.offset
        end = getattr(error, "end_offset", None)
        if getattr(error, "end_lineno", None) == error.lineno and isinstance(end, int) and end > error.offset:
            where["endColumn"] = end
    return where


def frames_of(trace):
    """Outermost first, without the middle of a deep recursion."""
    first, last = [], []
    while trace is not None:
        if len(first) < FIRST_FRAMES:
            first.append(trace)
        else:
            last.append(trace)
            if len(last) > 2 * LAST_FRAMES:
                del last[:LAST_FRAMES]
        trace = trace.tb_next
    return [frame_of(each) for each in first + last[-LAST_FRAMES:]]


def frame_of(trace):
    code = trace.tb_frame.f_code
    frame = {"file": shorten(code.co_filename, LONGEST), "line": trace.tb_lineno or 1, "name": shorten(code.co_name, LONGEST)}
    start, end = bytes_of(code, trace.tb_lasti)
    if start is not None and end is not None and end > start:
        frame["bytes"] = [start, end]
    return frame


def bytes_of(code, instruction):
    """What of the line it was, as offsets in its UTF-8; Python 3.11 and later know."""
    if not hasattr(code, "co_positions") or instruction < 0:
        return None, None
    for at, (line, end_line, start, end) in enumerate(code.co_positions()):
        if at == instruction // 2:
            return (start, end) if line == end_line else (None, None)
    return None, None


def shorten(text, limit):
    """Without its middle when it is too long."""
    if len(text) <= limit:
        return text
    tail = limit // 3
    return text[: limit - tail - 3] + "\n\u2026\n" + text[-tail:]


def to_json(value):
    if value is None:
        return "null"
    if isinstance(value, str):
        return '"' + "".join(map(escaped, value)) + '"'
    if isinstance(value, dict):
        return "{" + ",".join(to_json(name) + ":" + to_json(each) for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(to_json, value)) + "]"
    return str(int(value))


def escaped(character):
    code = ord(character)
    if code > 0xFFFF:
        code -= 0x10000
        return "\\u%04x\\u%04x" % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))
    return character if " " <= character < "\x7f" and character not in '"\\' else "\\u%04x" % code

"""A shell in the sandbox, whose commands are noted by what came of them: what they printed, changed, and failed to do.

How a command is spelled says little: `cat notes/*` opens files that it does not name, and a comment names files that
nobody opens. So the output is held against the files' contents, and the files are read back after each command. Only
what failed, and so left no trace, is taken from the words.
"""

import posixpath
import re
import shlex
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch

from inspect_ai.tool import Tool, ToolDef
from inspect_ai.util import sandbox

from unmask.protocol.actions import Action
from unmask.solvers.workspace.memory import LONGEST_NAME, File
from unmask.solvers.workspace.sandbox import pull_changes
from unmask.solvers.workspace.state import OpenWorkspace, Workspace, clipped, workspace

__all__ = ["failed_actions", "files_named", "files_shown", "handled_files", "recorded_shell"]

_LONGEST = 4096
_PROBE = 40
"""Characters of a line by which it is known again, so that one that was cut short still counts."""

_SHORTEST = 8
_COPIES = ("cp", "mv", "install", "rsync", "scp", "ln")
_REMOVES = ("rm", "unlink", "shred", "mv")
_WRITES = ("tee", "truncate", "sed", "perl")
_HANDLES = ("chmod", "chown", "chattr", "setfacl", "ln")
"""Commands that act on a file without changing what it holds."""

_WRAPS = ("sudo", "env", "then", "do", "else", "if", "!", "{", "time", "nohup", "exec", "command")


def recorded_shell(timeout: int = 120) -> Tool:
    """A shell in the sample's sandbox whose commands are noted in the action log.

    Args:
        timeout: Seconds that a command may take.
    """

    async def execute(cmd: str) -> str:
        """Run a command.

        Args:
            cmd: The command.
        """
        space, action = workspace(), Action(tool="bash", path="", ok=False, content=clipped(cmd, _LONGEST))
        before = dict(space.disk.files)
        space.log.note(action)
        try:
            done = await sandbox().exec(["bash", "--login", "-c", cmd], timeout=timeout)
        finally:
            await _look_back(space, action, before)
        printed = f"{done.stderr}\n{done.stdout}" if done.stderr else done.stdout
        action.ok, action.shown, action.named = done.success, files_shown(printed, before), files_named(printed, before)
        for more in [
            *failed_actions(cmd, done.success, done.stderr, before),
            *handled_files(cmd, done.success, before),
        ]:
            space.log.note(more)
        return printed

    return ToolDef(execute, name="bash", description="Run a command.").as_tool()


async def _look_back(space: Workspace | OpenWorkspace, action: Action, before: Mapping[str, File]) -> None:
    if space.snapshot is not None:
        await pull_changes(space.disk, space.snapshot)
    space.log.note_changes(action, before, space.disk.files)


def files_shown(printed: str, files: Mapping[str, File]) -> tuple[str, ...]:
    """Files of which something was printed: a line that no file of other content has, or a short one as a whole.

    Args:
        printed: What a command printed.
        files: The files as they were before.
    """
    texts = {path: file.content.strip() for path, file in files.items() if file.content.strip()}
    probes = {text: {line.strip()[:_PROBE] for line in text.splitlines()} for text in set(texts.values())}
    owners: dict[str, int] = {}
    for probe in (probe for found in probes.values() for probe in found):
        owners[probe] = owners.get(probe, 0) + 1
    seen = {
        text
        for text, found in probes.items()
        if any(owners[probe] == 1 and len(probe) >= _SHORTEST and probe in printed for probe in found)
        or f"\n{text}\n" in f"\n{printed.strip()}\n"
    }
    return tuple(sorted(path for path, text in texts.items() if text in seen))


def files_named(printed: str, files: Iterable[str]) -> tuple[str, ...]:
    """Files whose name was printed, as a listing does."""
    words = set(re.split(r"[\s/'\":*]+", printed))
    return tuple(sorted(path for path in files if posixpath.basename(path) in words))


def failed_actions(cmd: str, success: bool, complaint: str, files: Iterable[str]) -> list[Action]:
    """Calls that would have done what a command failed to do: copies, removals and writing.

    Args:
        cmd: The command.
        success: Whether it ended well.
        complaint: What it printed to the error stream; of one that ended well, only what is named there failed.
        files: The files as they were before, for patterns.
    """
    known = list(files)
    meant = [call for line in cmd.splitlines() for words in _simple(line) for call in _meant(words, known)]
    return [
        call for call in meant if not success or any(word and word in complaint for word in (call.path, call.source))
    ]


def handled_files(cmd: str, success: bool, files: Iterable[str]) -> list[Action]:
    """Files that a command did something to without changing what they hold: their mode, their owner, a link to them.

    Args:
        cmd: The command.
        success: Whether it ended well; of one that did not, nothing is taken to be done.
        files: The files as they were before; a word that names none of them, by its path or name, is left out.
    """
    if not success:
        return []
    by_name = {posixpath.basename(path): path for path in files}
    found = []
    for words in [_unwrapped(words) for line in cmd.splitlines() for words in _simple(line)]:
        if words and posixpath.basename(words[0]) in _HANDLES:
            paths = [by_name[posixpath.basename(word)] for word in words[1:] if posixpath.basename(word) in by_name]
            done = clipped(" ".join(words), _LONGEST)
            found += [Action(tool=posixpath.basename(words[0]), path=path, ok=True, content=done) for path in paths]
    return found


def _unwrapped(words: list[str]) -> list[str]:
    """A command without what runs it, such as `sudo`, and without settings before it."""
    bare, _ = _parted(words)
    while bare and (bare[0] in _WRAPS or re.match(r"\w+=", bare[0])):
        bare.pop(0)
    return bare


def _simple(line: str) -> list[list[str]]:
    """The simple commands of a line, in words; none where it cannot be read."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    try:
        for word in lexer:
            if word and set(word) <= set("();|&"):
                found.append([])
            else:
                found[-1].append(word)
    except ValueError:
        return []
    return [words for words in found if words]


def _meant(words: list[str], files: list[str]) -> list[Action]:
    _, targets = _parted(words)
    calls, bare = [_failed("write_file", target) for target in targets], _unwrapped(words)
    verb = posixpath.basename(bare[0]) if bare else ""
    given = [path for word in bare[1:] if not word.startswith("-") for path in _matching(word, files)]
    if verb in _COPIES and len(given) > 1:
        calls += [_failed("copy_file", given[-1], source) for source in given[:-1]]
    if verb in _REMOVES:
        calls += [_failed("delete_file", path) for path in (given[:-1] if verb == "mv" else given)]
    if verb in _WRITES and (verb in ("tee", "truncate") or any(re.match(r"-\w*i", word) for word in bare)):
        calls += [_failed("write_file", path) for path in given]
    return calls


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    """The words of a command without its redirections, and the files that its output goes to."""
    bare, targets, mark = list[str](), list[str](), ""
    for word in words:
        if set(word) <= set("<>&|"):
            mark = word
            bare = bare[:-1] if bare[-1:] in (["1"], ["2"]) else bare
        elif mark:
            targets += [word] if ">" in mark and not word.isdigit() else []
            mark = ""
        else:
            bare.append(word)
    return bare, targets


def _matching(word: str, files: list[str]) -> list[str]:
    found = [path for path in files if fnmatch(path, f"*{word.lstrip('./~')}")] if re.search(r"[*?\[]", word) else []
    return found or [word]


def _failed(tool: str, path: str, source: str = "") -> Action:
    return Action(tool=tool, path=clipped(path, LONGEST_NAME), ok=False, source=clipped(source, LONGEST_NAME))

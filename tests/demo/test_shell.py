"""The shell in a container: what people type there, and what busybox 1.35 answers in a real one."""

from __future__ import annotations

import pytest

from tests.demo.shellbox import Box

LANGUAGE = [
    ("echo 'a  b' \"$HOME\" c\\ d", "a  b /root c d\n"),
    ("x=5; while [ $x -gt 0 ]; do x=$((x-1)); [ $x = 2 ] && continue; echo -n $x; done", "4310"),
    ("for i in a b; do for j in 1 2; do [ $j = 2 ] && continue 2; echo $i$j; done; done", "a1\nb1\n"),
    ("case abc in x|a*) echo yes;; *) echo no;; esac", "yes\n"),
    ('f() { local x=$1; echo "$x $#"; return 7; }; f a b; echo $?', "a 2\n7\n"),
    (
        "v=path/to/file.tar.gz; echo ${v##*/} ${v%%.*} ${v%.*} ${#v} ${no:-none} ${v:+set}",
        "file.tar.gz path/to/file path/to/file.tar 19 none set\n",
    ),
    ('set -- \'a b\' c; for x in "$@"; do echo "<$x>"; done; echo $#', "<a b>\n<c>\n2\n"),
    ("x='a b'; for y in $x; do echo $y; done; echo \"$x\"", "a\nb\na b\n"),
    ("echo $(echo one; echo two) `echo three`", "one two three\n"),
    ("echo $((1 + 2 * 3)) $((7 / 2)) $((-7 % 3)) $((1 << 4)) $((3 > 2 && 1))", "7 3 -1 16 1\n"),
    ("cat <<EOF\nuser $USER home $HOME\nsum $((1+1))\nEOF\n", "user  home /root\nsum 2\n"),
    ("cat <<'EOF'\n$HOME\nEOF\n", "$HOME\n"),
    ("true && echo a || echo b; false && echo c || echo d; ! false && echo e", "a\nd\ne\n"),
    ("if false; then echo 1; elif true; then echo 2; else echo 3; fi", "2\n"),
    ("(cd /etc; pwd); pwd", "/etc\n/\n"),
    ("echo out; echo err >&2", "out\n"),
    ("{ echo a; echo b; } | wc -l; echo c > /tmp/x; echo d >> /tmp/x; cat < /tmp/x", "2\nc\nd\n"),
    ("ls /nope > /tmp/all 2>&1; cat /tmp/all", "ls: /nope: No such file or directory\n"),
    ('read a b <<EOF\none two three\nEOF\necho "$b"', "two three\n"),
    ("printf 'a b\\nc d\\n' | while read x y; do echo $y; done", "b\nd\n"),
    ("i=0; until [ $i -ge 3 ]; do i=$((i+1)); done; echo $i", "3\n"),
    ("cd /etc; echo ho*s /nothing*", "hosts /nothing*\n"),
    ("trap 'echo bye' EXIT; echo hi", "hi\nbye\n"),
    ("x=1; (x=2); echo $x; eval 'x=3'; echo $x", "1\n3\n"),
    ("echo 'echo $1-$2' > /tmp/s; sh /tmp/s a b; chmod +x /tmp/s; /tmp/s c d", "a-b\nc-d\n"),
    ("echo ${x=5} $x; unset x; echo ${x-gone}", "5 5\ngone\n"),
]


@pytest.mark.parametrize(("text", "out"), LANGUAGE)
def test_the_language(text: str, out: str) -> None:
    assert Box().sh(text)[0] == out


COMMANDS = [
    ("seq 100000 | tail -n 2; seq 20 | head -n -18", "99999\n100000\n1\n2\n"),
    ("yes | head -n 2", "y\ny\n"),
    ("seq 10 | sort -rn | head -3 | tr '\\n' ,", "10,9,8,"),
    ("printf 'b 2\\na 10\\n' | sort -k2 -n", "b 2\na 10\n"),
    ("printf 'a\\na\\nb\\n' | uniq -c", "      2 a\n      1 b\n"),
    ("cut -d: -f1,7 /etc/passwd | head -1", "root:/bin/sh\n"),
    ("grep -n root /etc/passwd | cut -c1-6; grep -c . /etc/group > /dev/null; echo $?", "1:root\n0\n"),
    ("seq 5 | grep -A1 -B1 3; seq 3 | grep -v 2; echo abcabc | grep -o 'a.'", "2\n3\n4\n1\n3\nab\nab\n"),
    ("echo 'GET /a' | grep -E '^(GET|POST) ' | sed -E 's#/(.)#[\\1&]#'", "GET [a/a]\n"),
    ("seq 5 | sed -n '2,3p;$='; seq 3 | sed '2d;s/3/x/'", "2\n3\n5\n1\nx\n"),
    ("echo a,b | sed 's/,/\\n/'", "a\nb\n"),
    ("echo hello | tr a-y b-z; echo 'a  b' | tr -s ' '; echo abc | tr -d b", "ifmmp\na b\nac\n"),
    ("printf '%s-%03d|%5.1f\\n' a 5 2.25 b 6 1", "a-005|  2.2\nb-006|  1.0\n"),
    ("mkdir -p /tmp/d/e; touch /tmp/d/e/x.log; find /tmp/d -name '*.log' -type f", "/tmp/d/e/x.log\n"),
    ("echo a b c | xargs -n1 echo -; echo x | xargs -I{} echo [{}]", "- a\n- b\n- c\n[x]\n"),
    ("echo hi | base64; echo aGkK | base64 -d; echo abc | md5sum", "aGkK\nhi\n0bee89b07a248e27c83fc3d5951213c1  -\n"),
    ("printf 'a b\\nc' | wc; echo $((2)) | wc -c", "        1         3         5\n2\n"),
    ("cd /tmp; echo 1 > a; cp a b; mv b c; ln -s c l; cat l; readlink l; rm a; ls /tmp", "1\nc\nc\nl\n"),
    ("cd /tmp; mkdir t; echo x > t/f; tar cf t.tar t; rm -r t; tar xf t.tar; cat t/f", "x\n"),
    ("id; whoami; hostname; hostname -i", "uid=0(root) gid=0(root) groups=0(root)\nroot\nweb\n10.0.0.7\n"),
    ("date -d @0 +%FT%T; date -u +%Y", "1970-01-01T00:00:00\n2026\n"),
    ("which ls; basename /a/b.c .c; dirname /a/b", "/bin/ls\nb\n/a\n"),
    ("stat -c '%s %a %F' /etc/hostname; [ -d /etc -a ! -f /etc ] && echo folder", "4 644 regular file\nfolder\n"),
    ("env -i A=1 env; B=2 printenv B", "A=1\n2\n"),
    ("expr 3 + 4; seq -s, 3", "7\n1,2,3\n"),
    ("head -c 3 /dev/zero | hexdump | head -1 | cut -c11-18", "00 00 00\n"),
    ("cat /proc/1/cmdline | tr '\\0' ' '; cat /proc/self/status | grep Pid | head -1", "app Pid:\t1\n"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "out"), COMMANDS)
def test_commands(text: str, out: str) -> None:
    assert Box().out(text) == out


COMPLAINTS = [
    ("foo", "sh: foo: not found\n", 127),
    ("/bin/foo", "sh: /bin/foo: not found\n", 127),
    ("/etc/passwd", "sh: /etc/passwd: Permission denied\n", 126),
    ("ls /nope", "ls: /nope: No such file or directory\n", 1),
    ("cat nope", "cat: can't open 'nope': No such file or directory\n", 1),
    ("cd nope", "sh: cd: line 0: can't cd to nope: No such file or directory\n", 2),
    ("rm nope", "rm: can't remove 'nope': No such file or directory\n", 1),
    ("mkdir /tmp", "mkdir: can't create directory '/tmp': File exists\n", 1),
    ("touch /nope/a", "touch: /nope/a: No such file or directory\n", 1),
    ("cp a b", "cp: can't stat 'a': No such file or directory\n", 1),
    ("mv a b", "mv: can't rename 'a': No such file or directory\n", 1),
    ("grep x nope", "grep: nope: No such file or directory\n", 2),
    ("kill 9999", "sh: can't kill pid 9999: No such process\n", 1),
    ("[ 1 -eq a ]", "sh: a: bad number\n", 2),
    ("sleep x", "sleep: invalid number 'x'\n", 1),
    ("echo > /nope/x", "sh: can't create /nope/x: nonexistent directory\n", 1),
    ("cat < nope", "sh: can't open nope: no such file\n", 1),
    ("wget -qO- nope", "wget: bad address 'nope'\n", 1),
    ("echo 'a", "sh: unterminated quoted string\n", 2),
    ("if true", 'sh: syntax error: unexpected end of file (expecting "then")\n', 2),
    ("done", 'sh: syntax error: unexpected "done"\n', 2),
    ("kill -9 $$", "", 137),
    ("kill $$", "", 143),
    ("exit 3", "", 3),
    ("set -e; false; echo not reached", "", 1),
    ("set -e; if false; then :; fi; false || true; exit 4", "", 4),
    ("false | true", "", 0),
    ("set -o pipefail; false | true", "", 1),
]


@pytest.mark.parametrize(("text", "err", "code"), COMPLAINTS)
def test_what_goes_wrong_is_said_as_in_a_real_container(text: str, err: str, code: int) -> None:
    assert Box().sh(text) == ("", err, code)


def test_a_bash_says_it_as_bash() -> None:
    box = Box("ubuntu")
    session = box.start("bash", "-c", "foo; cd nope")
    assert session.stderr is not None
    assert session.stderr.take().decode() == (
        "bash: line 1: foo: command not found\nbash: line 1: cd: nope: No such file or directory\n"
    )


def test_slim_images_lack_what_they_lack_in_truth() -> None:
    assert Box("python:3.13-slim").sh("ps; curl x")[1] == "sh: 1: ps: not found\nsh: 1: curl: not found\n"


def test_five_megabytes_flow_through_pipes_that_hold_64_kilobytes() -> None:
    box = Box()
    assert box.out("yes | head -c 5000000 | cat | wc -c") == "5000000\n"
    session = box.start("head", "-c", "5000000", "/dev/zero")
    box.clock.advance(10)
    assert session.stdout.held == 65536, "who writes waits for who reads"
    size = 0
    while not session.done or session.stdout.held:
        size += len(session.stdout.take())
        box.clock.advance(0.01)
    assert size == 5_000_000


def test_sleep_follows_the_clusters_clock() -> None:
    box = Box()
    began = box.clock.now
    assert box.out("sleep 30; echo done") == "done\n"
    assert 30 <= box.clock.now - began <= 31


def test_jobs_in_the_background() -> None:
    out, _, code = Box().sh("sleep 5 & echo started; wait $!; echo $?; (sleep 9; echo no) & kill $!; wait; echo end")
    assert (out, code) == ("started\n0\nend\n", 0)


def test_a_job_can_be_ended_before_it_has_begun() -> None:
    assert Box().out("sleep 100 & kill $!; wait $!; echo $?; jobs; ps | grep -c 'sleep 100$' || true") == "143\n0\n"


def test_timeout_ends_what_takes_too_long() -> None:
    assert Box().out("timeout 2 sleep 100; echo $?; timeout 5 echo quick") == "143\nquick\n"


def test_a_trap_runs_when_a_signal_comes() -> None:
    out, _, code = Box().sh("trap 'echo caught; exit 9' TERM; (sleep 1; kill $$) & wait; echo never")
    assert (out, code) == ("caught\n", 9)


def test_tail_follows_a_file_that_grows() -> None:
    box = Box()
    session = box.start("tail", "-f", "-n1", "/etc/hostname")
    assert session.stdout.take() == b"web\n"
    box.sh("echo more >> /etc/hostname", limit=2)
    box.clock.advance(2)
    assert session.stdout.take() == b"more\n"
    assert not session.done


def test_ps_shows_what_runs() -> None:
    box = Box(argv=("/bin/checkout", "--port=80"))
    box.start("sleep", "100")
    lines = box.out("ps").splitlines()
    assert lines[:3] == [
        "PID   USER     TIME  COMMAND",
        "    1 root       0:00 /bin/checkout --port=80",
        "    2 root       0:00 sleep 100",
    ]
    assert lines[3].endswith(" ps"), "a shell's last command takes its place"


def test_the_last_command_takes_the_place_of_its_shell_but_those_before_do_not() -> None:
    lines = Box().out("ps; true").splitlines()
    assert [line.split(None, 3)[3] for line in lines[2:]] == ["sh -c ps; true", "ps"]


def test_a_loop_without_end_holds_nothing_up_and_can_be_killed() -> None:
    box = Box()
    session = box.start("sh", "-c", "while true; do :; done")
    box.clock.advance(10)
    assert not session.done
    session.task.kill(9)
    box.clock.advance(1)
    assert session.task.status == 137


def test_a_fork_bomb_ends() -> None:
    _, err, code = Box().sh("f() { f; }; f")
    assert "nesting level" in err
    assert code == 2
    assert Box().sh("echo 'sh /tmp/s' > /tmp/s; sh /tmp/s")[2] == 2


def test_the_disk_is_full_some_day() -> None:
    _, err, code = Box().sh("yes > /tmp/big")
    assert (err, code) == ("yes: write error: No space left on device\n", 1)


def test_a_read_only_root_can_not_be_written_to() -> None:
    box = Box(securityContext={"readOnlyRootFilesystem": True})
    assert box.sh("echo x > /tmp/x")[1] == "sh: can't create /tmp/x: Read-only file system\n"


def test_who_is_not_root_has_his_own_prompt_and_less_rights() -> None:
    box = Box(securityContext={"runAsUser": 1000})
    assert box.sh("id -u; touch /etc/x; whoami") == (
        "1000\n",
        "touch: /etc/x: Permission denied\nwhoami: unknown uid 1000\n",
        1,
    )


def test_a_script_on_standard_input_is_read_ahead_but_not_by_bash() -> None:
    text = b'echo one\nread x\necho two\necho "got $x"\nexit 5\n'
    for image, shell, said in (("busybox", "sh", b"one\ntwo\ngot \n"), ("ubuntu", "bash", b"one\ngot echo two\n")):
        session = Box(image).start(shell, stdin=True)
        session.feed(text)
        session.end_input()
        assert session.stdout.take() == said
        assert session.task.status == 5


def test_a_tar_that_comes_in_pieces_is_unpacked_though_the_stream_stays_open() -> None:
    """A client that speaks v4 cannot end standard input: the end of the archive is the end."""
    box = Box()
    made = box.start(
        "sh", "-c", "mkdir /tmp/a; echo 1 > /tmp/a/x; seq 2000 > /tmp/a/y; tar cf - -C /tmp a; mkdir /tmp/b"
    )
    data = made.stdout.take()
    session = box.start("tar", "xmf", "-", "-C", "/tmp/b", stdin=True)
    for at in range(0, len(data), 700):
        session.feed(data[at : at + 700])
        box.clock.advance(0.1)
    assert session.task.status == 0
    assert box.out("cat /tmp/b/a/x; wc -l < /tmp/b/a/y") == "1\n2000\n"


def test_tar_leaves_no_folder_by_two_dots() -> None:
    import io
    import tarfile

    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        entry = tarfile.TarInfo("../../etc/evil")
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))
    box = Box()
    _, err, code = box.sh("tar xf - -C /tmp", made.getvalue())
    assert (err, code) == ("tar: name with '..' skipped: '../../etc/evil'\n", 1)
    assert box.out("ls /etc | grep -c evil || true") == "0\n"


def test_what_runs_ends_with_the_container() -> None:
    box = Box()
    session = box.start("sleep", "1000")
    box.process.exit(137)
    assert session.task.status == 137

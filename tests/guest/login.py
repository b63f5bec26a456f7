"""A login session in the guest: systemd with its own logind, as on a desktop, and a kernel that really sleeps."""

import os
import pathlib
import subprocess
import sys
import time

from support import run, wait_for

UNITS = pathlib.Path("/run/systemd/system")
LOGIND = ["org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"]


def log_in():
    """Starts systemd beside the guest's own first process, and this script again inside, in a session of root's."""
    if os.environ.get("IN_SESSION"):
        return
    os.makedirs("/run/dbus", exist_ok=True)
    UNITS.mkdir(parents=True)
    subprocess.run(["mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"], check=True)
    (UNITS / "session.target").write_text("[Unit]\nWants=dbus.socket systemd-logind.service\n")
    # The guest has its udev already.
    for unit in ("service", "-control.socket", "-kernel.socket"):
        (UNITS / f"systemd-udevd{unit if unit[0] == '-' else '.' + unit}").symlink_to("/dev/null")
    (UNITS / "systemd-udev-trigger.service").symlink_to("/dev/null")
    # A process namespace of its own makes it the first process of what it starts.
    systemd = ["/lib/systemd/systemd", "--system", "--unit=session.target", "--log-target=null", "--show-status=no"]
    outer = subprocess.Popen(
        ["unshare", "--pid", "--fork", "--mount-proc", "env", "-i", "container=guest", f"PATH={os.environ['PATH']}", *systemd],
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: asked("CanSuspend") == 's "yes"', "logind to say that this computer can sleep")
    first = subprocess.run(["pgrep", "-P", str(outer.pid)], capture_output=True, text=True, check=True).stdout.strip()
    inside = ["nsenter", "--target", first, "--mount", "--pid"]
    # `login` is the service that desktops' display managers use too: pam_systemd registers the session.
    login = ["systemd-run", "--no-block", "--quiet", "--unit=desk", "--property=PAMName=login", "--property=User=root"]
    subprocess.run([*inside, *login, "sleep", "infinity"], check=True)
    wait_for(lambda: asked("ListSessions").startswith("a(susso) 1 "), "the session")
    os.execvpe(inside[0], [*inside, sys.executable, *sys.argv], {**os.environ, "IN_SESSION": "1"})


def asked(method):
    done = subprocess.run(["busctl", "--system", "call", *LOGIND, method], capture_output=True, text=True)
    return done.stdout.strip()


def sleep_for(seconds):
    """Sends the computer to sleep, by logind, and has its clock wake it. Returns the time when it wakes."""
    run("rtcwake", "--mode", "no", "--seconds", seconds)
    run("systemctl", "suspend")
    return since_boot() + seconds - 1


def since_boot():
    """Seconds, those asleep too."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)

"""Works for a benchmark. Orders come on the standard input and answers go to the standard output, JSON a line each.

load    makes a call of a work, named module.name, ready, and answers with its number, or with why there is none
time    makes a call n times and answers with the seconds
result  writes what a call gives to a file, and answers with the sizes of the arrays in it
unload  forgets a call
"""

import contextlib
import importlib
import json
import os
import shutil
import signal
import sys
import time

LIMIT = 60  # seconds for making a call ready


def main(folder, framework, threads):
    try:
        answer_orders(folder, framework, threads)
    finally:
        shutil.rmtree(folder)


def answer_orders(folder, framework, threads):
    answers = own_stdout()
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = os.path.join(folder, "inductor")
    use_threads(threads)
    backend, missing = importing("with_" + framework)
    calls = {}
    for line in sys.stdin:
        order = json.loads(line)
        answer = {}
        try:
            if order["do"] == "load":
                if missing:
                    raise NotImplementedError(missing)
                with limited(LIMIT):
                    calls[len(calls)] = backend.load(order)
                    answer["call"] = len(calls) - 1
            elif order["do"] == "time":
                clock = time.process_time if order["cpu"] else time.perf_counter
                answer["seconds"] = calls[order["call"]].time(order["n"], clock)
            elif order["do"] == "result":
                answer["sizes"] = write(order["file"], calls[order["call"]].result())
            elif order["do"] == "unload":
                calls[order["call"]] = None
            elif order["do"] == "version":
                answer["version"] = missing or backend.version()
        except Exception as e:
            answer["missing" if isinstance(e, NotImplementedError) else "error"] = str(e) or repr(e)
        print(json.dumps(answer), file=answers, flush=True)


def importing(name):
    """A module, and why it is missing."""
    try:
        return importlib.import_module(name), None
    except ImportError as e:
        return None, str(e)


def own_stdout():
    """A file for answers, which nothing else writes to: what libraries print goes elsewhere."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def use_threads(n):
    """The libraries are told how many threads they have. The process has no more processors than that."""
    for name in ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TORCHINDUCTOR_COMPILE_THREADS"]:
        os.environ[name] = str(n)


@contextlib.contextmanager
def limited(seconds):
    """Ends what takes longer than that, as far as it listens to signals."""

    def stop(number, frame):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    except BaseException as e:
        if timed_out(e):
            raise NotImplementedError(f"not ready within {seconds} s") from e
        raise
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def timed_out(e):
    """Whether a TimeoutError is what is behind an exception, which libraries wrap."""
    while e is not None:
        if isinstance(e, TimeoutError) or "TimeoutError" in str(e):
            return True
        e = e.__cause__ or e.__context__
    return False


def write(path, arrays):
    with open(path, "wb") as file:
        for a in arrays:
            a.tofile(file)
    return [a.size for a in arrays]


class Call:
    """Calls f. ready waits until what f gives is there; arrays makes numpy arrays of that."""

    def __init__(self, f, ready, arrays):
        self.f, self.ready, self.arrays = f, ready, arrays
        self.last = f()

    def time(self, n, clock):
        f, ready = self.f, self.ready
        start = clock()
        for _ in range(n):
            last = f()
            if ready is not None:
                ready(last)
        seconds = clock() - start
        self.last = last
        return seconds

    def result(self):
        return self.arrays(self.last)

"""What a host pays besides running code, for tools/bench: opening an artifact, making instances, calls both ways, fresh memory, starting a process.

Both sides in process are native programs: `precast-bench --loader`, and tools/loader-peer.c, compiled against the library in the `wasmtime` package of PyPI
(tools/setup --bench). They run one after the other in each round, Wasmtime on demand and with its pooling allocator. Figures are the minimum over
the rounds of the minima, and the median of the medians; ratios are Precast / Wasmtime. Bars are those that the design sets.
"""
import glob
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Key, label, the first bar for the ratio to Wasmtime on demand, and the goal.
FIGURES = [
    ("open_us", "open, µs", 1.0, 0.5), ("instantiate_us", "instantiate, µs", 1.0, 0.5), ("cycle_us", "store, instance, end of both, µs", None, None),
    ("call_ns", "call host to module, ns", 1.0, 0.45), ("host_call_ns", "call module to host, ns", 1.0, 0.7), ("fault_us", "fresh page, µs", None, None),
    ("artifact_bytes", "artifact, bytes", 1.0, 0.75),
]
PEERS = ("on demand", "pooled")
COLD_START_BARS = (1.5, 1.2)
CALLS = """(module
  (import "bench" "add" (func $add (param i32 i32) (result i32)))
  (memory 1)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "loop") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (call $add (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  ;; Grows the memory by that many pages and writes to each 4 KiB of them.
  (func (export "touch") (param $pages i32) (result i32) (local $at i32) (local $end i32)
    (local.set $at (i32.shl (memory.grow (local.get $pages)) (i32.const 16)))
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $pages) (i32.const 16))))
    (loop $again
      (i32.store (local.get $at) (i32.const 1))
      (br_if $again (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4096))) (local.get $end))))
    (local.get $at)))
"""
NOTHING = '(module (memory 1) (func (export "_start")))'


def wasmtime_library():
    sys.path += glob.glob(str(ROOT / ".build/python/lib/python*/site-packages"))
    try:
        import wasmtime
    except ImportError:
        sys.exit("tools/bench: the Python package wasmtime is missing: tools/setup --bench, or pip install wasmtime")
    return next(pathlib.Path(wasmtime.__file__).parent.glob("*/_libwasmtime.so"))


def build_peer(folder):
    compiler = shutil.which("cc") or shutil.which("clang") or sys.exit("tools/bench: no C compiler (cc, clang) on the PATH")
    library = wasmtime_library()
    peer = folder / "loader-peer"
    subprocess.run([compiler, "-O2", str(ROOT / "tools/loader-peer.c"), str(library), f"-Wl,-rpath,{library.parent}", "-o", str(peer)], check=True)
    return str(peer)


def ask(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"tools/bench: {command[0]}: {done.stderr.strip() or done.returncode}")
    return json.loads(done.stdout)


def combined(rounds, name):
    """[minimum of minima, median of medians], or None."""
    values = [figures[name] for figures in rounds if figures.get(name)]
    values = [value if isinstance(value, list) else [value, value] for value in values]
    return [min(v[0] for v in values), statistics.median(v[1] for v in values)] if values else None


def in_process(modules, rounds, precast, precast_bench, folder):
    """For each module and key of FIGURES: the figures of "precast" and of the peers."""
    peer = build_peer(folder)
    (folder / "calls.wat").write_text(CALLS)
    subprocess.run([precast, "parse", str(folder / "calls.wat"), "-o", str(folder / "calls.wasm")], check=True)
    report = {}
    for module in [folder / "calls.wasm", *modules]:
        commands = {"precast": [precast_bench, "--loader", str(module)]}
        commands.update({name: [peer, str(module), str(folder / "peer.cwasm"), name.replace(" ", "-")] for name in PEERS})
        samples = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                samples[name].append(ask(command))
        found = {key: {name: combined(samples[name], key) for name in commands} for key, *_ in FIGURES}
        report[module.stem] = {key: figures for key, figures in found.items() if all(figures.values())}
    return report


def milliseconds(command, count):
    """The least time from starting a process to its end."""
    times = []
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
    for _ in range(count):
        began = time.perf_counter()
        pid = os.posix_spawn(command[0], command, {}, file_actions=actions)
        _, status = os.waitpid(pid, 0)
        times.append(time.perf_counter() - began)
        if status != 0:
            sys.exit(f"tools/bench: {' '.join(command)}: status {status}")
    os.close(null)
    return min(times) * 1000


def cold_start(rounds, precast, folder):
    """A program that does nothing, in milliseconds: /bin/true, and each loader that is built."""
    (folder / "nothing.wat").write_text(NOTHING)
    artifact = str(folder / "nothing.pwasm")
    subprocess.run([precast, "compile", str(folder / "nothing.wat"), "-o", artifact], check=True)
    commands = {"/bin/true": ["/bin/true"]}
    for name, path in [("static loader", ROOT / ".build/loader-x86_64/precast-run"), ("package loader", ROOT / ".build/release/precast-run")]:
        if path.exists():
            commands[name] = [str(path), artifact]
    found = {}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name] = min(found.get(name, float("inf")), milliseconds(command, 40))
    return found


def measure(modules, rounds, precast, precast_bench, folder):
    return {"loader": in_process(modules, rounds, precast, precast_bench, folder), "cold_start_ms": cold_start(rounds, precast, folder)}


def verdict(ratio, bar, goal):
    if bar is None:
        return ""
    return "goal" if ratio <= goal else "bar" if ratio <= bar else "over"


def table(report):
    for module, figures in report["loader"].items():
        print(f"{module + ': loader':36}{'Precast':>18}" + "".join(f"{peer:>18}{'ratio':>8}" for peer in PEERS) + f"{'bar':>7}{'goal':>7}")
        for key, label, bar, goal in FIGURES:
            if key not in figures:
                continue
            found = figures[key]
            cells = {name: " / ".join(f"{value:.0f}" if value >= 1000 else f"{value:.3g}" for value in pair) for name, pair in found.items()}
            ratios = {peer: found["precast"][0] / found[peer][0] for peer in PEERS}
            line = f"  {label:34}{cells['precast']:>18}" + "".join(f"{cells[peer]:>18}{ratios[peer]:8.2f}" for peer in PEERS)
            print(line + ("" if bar is None else f"{bar:7.2f}{goal:7.2f}  {verdict(ratios['on demand'], bar, goal)}"))
    times = report["cold_start_ms"]
    for name, value in times.items():
        ratio = value / times["/bin/true"]
        note = "" if name == "/bin/true" else f"{ratio:8.2f} of /bin/true, bar {COLD_START_BARS[0]}, goal {COLD_START_BARS[1]}  {verdict(ratio, *COLD_START_BARS)}"
        print(f"cold start, {name:24}{value:10.3f} ms{note}")


def rows(report):
    """What a chart shows: (name, ratio to Wasmtime on demand, ratio to pooled)."""
    return [(f"{module}: {label}", *(figures[key]["precast"][0] / figures[key][peer][0] for peer in PEERS))
            for module, figures in report["loader"].items() for key, label, *_ in FIGURES if key in figures]

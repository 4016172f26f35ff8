#!/usr/bin/env python3
"""Times two commands in turn, and prints one row of the table.

pairs.py WHAT BAR MEASURE RUNS 'COMMAND A' ['COMMAND B']

MEASURE is cpu, wall (seconds) or memory (MiB, the largest of all runs). The row has the median of each command, and the
median of the ratios A/B, pair by pair. Without B there is no ratio. The first run of each command is not counted.
"""
import os
import shlex
import statistics
import subprocess
import sys
import time


def once(command):
    start = time.monotonic()
    child = subprocess.Popen(shlex.split(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, use = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    code = os.waitstatus_to_exitcode(status)
    return {'cpu': use.ru_utime + use.ru_stime, 'wall': wall, 'memory': use.ru_maxrss / 1024, 'code': code}


def main():
    what, bar, measure, runs, *commands = sys.argv[1:]
    pairs = [[once(command) for command in commands] for _ in range(int(runs) + 1)][1:]
    codes = {run['code'] for pair in pairs for run in pair}
    shown = [f'{statistics.median(pair[at][measure] for pair in pairs):.3f}' for at in range(len(commands))]
    ratio = '–'
    if len(commands) == 2:
        ratio = f'{statistics.median(pair[0][measure] / max(pair[1][measure], 1e-4) for pair in pairs):.2f}'
    else:
        shown.append('–')
    failed = '' if codes == {0} else f' (exit codes {sorted(codes)})'
    print(f'| {what}{failed} | {measure} | {shown[0]} | {shown[1]} | {ratio} | {bar} |', flush=True)


main()

#!/usr/bin/env python3
"""Prints one row of the table: the memory of a large run above that of a small one, of two programs.

above.py WHAT BAR 'SMALL A' 'LARGE A' 'SMALL B' 'LARGE B'

The memory is the largest resident set in MiB, the median of three runs.
"""
import os
import shlex
import statistics
import subprocess
import sys


def peak(command):
    child = subprocess.Popen(shlex.split(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return os.wait4(child.pid, 0)[2].ru_maxrss / 1024


def main():
    what, bar, *commands = sys.argv[1:]
    small_a, large_a, small_b, large_b = (statistics.median(peak(command) for _ in range(3)) for command in commands)
    one, other = large_a - small_a, large_b - small_b
    print(f'| {what} | MiB | {one:.1f} | {other:.1f} | {one / max(other, 0.1):.2f} | {bar} |', flush=True)


main()

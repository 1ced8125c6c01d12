#!/usr/bin/env python3
"""Shards of a sweep as tasks of HyperQueue, through its Python API, and the same sweep on one machine beside it.

    pip install hyperqueue
    python3 docs/sweep-on-hyperqueue.py PATH/TO/windtunnel SCENARIO SHARDS

Exits with 1 where a file that `merge` wrote differs from the one machine's.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from hyperqueue import Job
from hyperqueue.cluster import LocalCluster, WorkerConfig

windtunnel, scenario = (str(Path(argument).resolve()) for argument in sys.argv[1:3])
shards = int(sys.argv[3])
work = Path(tempfile.mkdtemp(prefix="windtunnel-hyperqueue-"))
sweep = (
    f"'{windtunnel}' sweep '{scenario}' --set horizon=1h --replications 3 --quiet"
    " --axis service.web.scaling.min_capacity=1..4:1 --axis service.web.scaling.max_capacity=10..50:10"
)

with LocalCluster() as cluster:
    cluster.start_worker(WorkerConfig(cores=2))
    client = cluster.client()
    job = Job(max_fails=0)
    for _ in range(shards):
        part = f'--resume --out "{work}/parts/$HQ_TASK_ID" --shard "$((HQ_TASK_ID + 1))/{shards}"'
        job.program(["bash", "-c", f"{sweep} {part}"], stdout=None, stderr=None)
    client.wait_for_jobs([client.submit(job)])

subprocess.run(["bash", "-c", f"{sweep} --out {work}/whole"], check=True, stdout=subprocess.DEVNULL)
parts = sorted(str(part) for part in (work / "parts").iterdir())
subprocess.run([windtunnel, "merge", *parts, "--quiet", "--out", work / "merged"], check=True, stdout=subprocess.DEVNULL)

own = {"manifest.json", "cells.journal"}
names = sorted(path.name for path in (work / "whole").iterdir() if path.name not in own)
differ = [name for name in names if (work / "whole" / name).read_bytes() != (work / "merged" / name).read_bytes()]
print(f"{len(parts)} parts, {len(names)} files, {len(differ)} differ {differ or ''} ({work})")
sys.exit(1 if differ or len(parts) != shards else 0)

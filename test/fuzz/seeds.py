"""seeds.py SEEDS FOLDER: makes FOLDER anew with a file for each seed of SEEDS, a Python file of names and their bytes."""

import runpy
import shutil
import sys
from pathlib import Path

folder = Path(sys.argv[2])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
for name, seed in runpy.run_path(sys.argv[1]).items():
    if isinstance(seed, bytes):
        (folder / name).write_bytes(seed)

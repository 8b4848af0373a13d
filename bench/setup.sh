#!/usr/bin/env bash
# Installs what the benchmarks compare with: C and C++ compilers, ADOL-C and OpenBLAS, by apt, and JAX and PyTorch, into .venv here. What is
# missing at the end is left out of the table.
set -euo pipefail
cd "$(dirname "$0")"

if command -v apt-get >/dev/null; then
	sudo=
	if [ "$(id -u)" != 0 ]; then sudo=sudo; fi
	$sudo apt-get update
	$sudo apt-get install -y gcc g++ libc6-dev libadolc-dev pkg-config libopenblas-dev python3-venv
fi

[ -d .venv ] || python3 -m venv .venv
.venv/bin/pip install jax torch numpy

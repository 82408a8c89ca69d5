#!/bin/sh
# Builds the heads of this folder as a team without this repository's sources would. Give the folder for the
# libraries; nothing is fetched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: check.sh FOLDER}
mkdir -p "$out"
for head in HeadCosine SeveralHeads; do
  swift build --configuration release --package-path "$here/$head" --scratch-path "$out/$head"
  test -z "$(ls "$out/$head/checkouts" 2>/dev/null)" || { echo "$head fetched packages" >&2; exit 1; }
  cp "$out/$head"/release/libzoo-head-*.so "$out/"
done
include="$here/../../Sources/ZooABI/include"
cc -std=c11 -Wall -Wextra -pedantic -Werror -fsyntax-only -x c "$include/zoo_abi.h"
if command -v c++ >/dev/null; then
  c++ -std=c++17 -Wall -Wextra -pedantic -Werror -fsyntax-only -x c++ "$include/zoo_abi.h"
fi
cc -shared -fPIC -std=c11 -Wall -Wextra -Werror -I "$include" \
  "$here/HeadUnit/head_unit.c" -o "$out/libzoo-head-unit.so"

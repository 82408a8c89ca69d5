#!/bin/sh
# Builds the heads of this folder as a team without this repository's sources would: against the SDK in $ZOO_SDK (an
# installation's share/zoo/sdk, or this repository), and those of earlier releases against the SDK they were written for.
# Give the folder for the libraries; nothing is fetched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: check.sh FOLDER}
mkdir -p "$out" "$out/old"

# Folder of the package, folder for its libraries.
package() {
  scratch="$out/$(basename "$1")"
  swift build --configuration release --package-path "$1" --scratch-path "$scratch"
  test -z "$(ls "$scratch/checkouts" 2>/dev/null)" || { echo "$1 fetched packages" >&2; exit 1; }
  cp "$scratch"/release/libzoo-head-*.so "$2/"
}
package "$here/SeveralHeads" "$out"
package "$here/Snapshots/1.0" "$out/old"

sdk=${ZOO_SDK:-$here/../..}
include="$sdk/Sources/ZooABI/include"
cc -std=c11 -Wall -Wextra -pedantic -Werror -fsyntax-only -x c "$include/zoo_abi.h"
if command -v c++ >/dev/null; then
  c++ -std=c++17 -Wall -Wextra -pedantic -Werror -fsyntax-only -x c++ "$include/zoo_abi.h"
fi
old="$here/Snapshots/1.0"
flags="-std=c11 -Wall -Wextra -Werror"
cc -shared -fPIC $flags -I "$include" "$here/HeadUnit/head_unit.c" -o "$out/libzoo-head-unit.so"
cc -shared -fPIC $flags -I "$old/Sources/ZooABI/include" "$old/head_unit.c" -o "$out/old/libzoo-head-unit-old.so"
# A host of 1.0, as far as a plugin can see it.
cc $flags -D_GNU_SOURCE -I "$old/Sources/ZooABI/include" "$old/host.c" -o "$out/old/host" -ldl

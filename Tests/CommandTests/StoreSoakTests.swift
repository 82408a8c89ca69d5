import FoundationEssentials
import Testing
import ZooArchive

/// What the store withstands. `make soak` runs many more rounds.
@Suite("The store under attack", .serialized)
struct StoreSoakTests {
  /// Killed at random points of installs and replacements: what was listed stays whole, and no replacement loses
  /// both the old and the new one.
  @Test func killedAtAnyPoint() throws {
    let shop = try Workshop()
    for seed in 0..<2 { try shop.model("\(seed).tar", name: "kept", kilobytes: 3000, seed: seed) }
    let start = ContinuousClock.now
    try shop.done("fetch-local", "0.tar")
    let whole = (ContinuousClock.now - start) / .seconds(1)
    let digests = try (0..<2).map { try ModelArchive.open(shop.path + "/\($0).tar").digest }
    var random = SystemRandomNumberGenerator()
    var (killed, ended) = (0, 0)
    for round in 0..<rounds(20, soak: 200) {
      let delay = round == 0 ? 0 : Double.random(in: 0...1.2, using: &random) * whole
      let target = round % 3 == 2 ? "fresh-\(round)" : "kept"
      let outcome = try shop.shell(
        """
        $ZOO fetch-local \(round % 2).tar --name \(target) --replace & sleep \(delay); kill -9 $! 2> /dev/null; wait $!
        """)
      if outcome.code == 128 + 9 { killed += 1 } else { ended += 1 }
      #expect(outcome.code == 128 + 9 || outcome.code == 0, "\(outcome.errors)")
      try shop.expectWhole(shop.store, "round \(round), killed after \(delay) s")
      #expect(digests.contains(try shop.store.find("kept").digest))
      if outcome.code == 0 { #expect(try shop.store.find(target).digest == digests[round % 2]) }
    }
    #expect(killed > 0)
    try shop.done("gc")
    try shop.expectTidy(shop.store)
    try shop.done("store", "verify")
  }

  /// Eight processes install, replace, remove and collect at once.
  @Test func manyProcessesAtOnce() throws {
    let shop = try Workshop()
    for seed in 0..<3 { try shop.model("\(seed).tar", name: "shared", kilobytes: 200, seed: seed) }
    let outcome = try shop.shell(
      """
      for w in 1 2 3 4 5 6 7 8; do
        for r in $(seq \(rounds(2, soak: 40))); do
          $ZOO fetch-local $(( (w + r) % 3 )).tar --replace
          $ZOO fetch-local $(( (w * r) % 3 )).tar --name own-$w --replace
          if [ $(( (w + r) % 2 )) = 0 ]; then $ZOO remove shared; else $ZOO gc; fi
        done &
      done > /dev/null
      wait
      """)
    // Another process may have removed it before; nothing else goes wrong.
    #expect(
      outcome.errors.split(separator: "\n").filter {
        $0 != "error: \(shop.store.root): no model \"shared\" in the store"
      }
        == [])
    try shop.expectWhole(shop.store)
    #expect(try shop.store.list().map(\.name).filter { $0.hasPrefix("own-") } == (1...8).map { "own-\($0)" })
    try shop.expectTidy(shop.store)
  }

  /// On a file system that is full but for a few pages, whatever is written fails at one point or another.
  @Test(.enabled(if: canMount, "needs a mount of its own (unshare -m as root): a full disk is NOT tested here"))
  func fullDisk() throws {
    let shop = try Workshop()
    for seed in 0..<2 { try shop.model("\(seed).tar", name: "m", kilobytes: 20, seed: seed) }
    try shop.model("large.tar", name: "large", kilobytes: 3000)
    try shop.write("full.sh", Self.script(pages: rounds(14, soak: 40)))
    let outcome = try shop.shell("unshare -m /bin/sh full.sh")
    #expect(outcome == Outcome(code: 0, output: "fitted\n", errors: ""))
  }

  /// Whether this process may mount a file system where nobody else sees it.
  private static let canMount: Bool = {
    let outcome = try? Workshop().shell("mkdir m && unshare -m mount -t tmpfs -o size=1m tmpfs m")
    return outcome?.code == 0
  }()

  private static func script(pages: Int) -> String {
    """
    set -u
    mkdir disk && mount -t tmpfs -o size=2m tmpfs disk || exit 3
    export ZOO_HOME=$PWD/disk/store
    fail() { echo "$1"; exit 1; }
    quiet() { "$@" > log 2>&1; }
    whole() { quiet $ZOO store verify || { cat log; fail "$1"; }; }
    quiet $ZOO fetch-local 0.tar || fail "the first install"

    # An archive that is larger than the disk.
    quiet $ZOO fetch-local large.tar && fail "the large one was installed"
    [ "$(cat log)" = "error: $ZOO_HOME: cannot write: No space left on device" ] || { cat log; fail "its message"; }
    whole "after the large one"
    [ -z "$(ls disk/store/tmp)" ] || fail "it left a file"

    # A replacement on a disk with ever more room: it happens or it does not.
    dd if=/dev/zero of=disk/filler bs=4k 2> /dev/null
    fitted=0
    for room in $(seq 0 \(pages - 1)); do
      [ $room = 0 ] || truncate -s -4096 disk/filler
      before=$($ZOO list)
      if quiet $ZOO fetch-local 1.tar --replace; then fitted=1; else
        grep -q "No space left on device" log || { cat log; fail "room for $room pages: the message"; }
        [ "$($ZOO list)" = "$before" ] || fail "room for $room pages: the list changed"
      fi
      whole "room for $room pages"
      [ -z "$(ls disk/store/tmp)" ] || fail "room for $room pages: a file is left"
      [ $(ls disk/store/blobs | wc -l) = 1 ] || fail "room for $room pages: an archive is left"
    done
    [ $fitted = 1 ] && echo fitted
    # Removing needs no room.
    dd if=/dev/zero of=disk/rest bs=4k 2> /dev/null
    quiet $ZOO remove m || { cat log; fail "removing"; }
    quiet $ZOO gc || fail "collecting"
    [ -z "$(ls disk/store/models disk/store/blobs | grep -v :)" ] || fail "something is left"
    """
  }
}

import CZooKernels
import FoundationEssentials
import Glibc

/// What this machine computes with.
public struct Processor: Sendable {
  /// The name that the system gives, such as "AMD EPYC 9754".
  public let name: String
  /// The processors that this process may run on.
  public let threads: Int
  /// The instruction set of the vector kernels: base, avx2, avx512 or avx512_bf16.
  public let kernels: String
  /// Instruction sets worth knowing about.
  public let features: [String]

  public static func detect() -> Processor {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func field(_ key: String) -> Substring? {
      text.split(separator: "\n").first { $0.hasPrefix(key) }?.split(separator: ":", maxSplits: 1).last
    }
    let flags = Set((field("flags") ?? field("Features") ?? "").split(separator: " "))
    // Each with what the instruction set of the kernels must be: a cap on these is one on all.
    let wanted: [(name: Substring, least: Int)] = [
      ("avx2", ZOO_ISA_AVX2), ("fma", ZOO_ISA_AVX2), ("avx512f", ZOO_ISA_AVX512), ("avx512_vnni", ZOO_ISA_AVX512),
      ("avx512_bf16", ZOO_ISA_AVX512_BF16), ("amx_tile", ZOO_ISA_AVX512_BF16), ("amx_bf16", ZOO_ISA_AVX512_BF16),
      ("asimd", ZOO_ISA_BASE), ("bf16", ZOO_ISA_BASE),
    ].map { ($0.0, Int($0.1)) }
    let isa = Int(zoo_isa_detect())
    return Processor(
      name: field("model name").map { $0.trimmingPrefix(" ") }.map(String.init) ?? "unknown",
      threads: allowedThreads(), kernels: String(cString: zoo_isa_name(Int32(isa))),
      features: wanted.filter { flags.contains($0.name) && isa >= $0.least }.map { String($0.name) })
  }

  /// Respects the process's affinity mask, as libgomp does: a list such as `0-3,8`.
  static func allowedThreads() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
    let count = (line?.split(separator: ":").last ?? "").split(separator: ",").reduce(0) { total, part in
      let ends = part.split(separator: "-").compactMap { Int($0.trimmingPrefix { $0.isWhitespace }) }
      return total + (ends.last ?? 0) - (ends.first ?? 0) + (ends.isEmpty ? 0 : 1)
    }
    return max(1, count > 0 ? count : sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// The OpenBLAS kernels that this processor deserves; OpenBLAS of 2022 takes recent AMD parts for AVX2 machines.
  var openBLASCore: String? { features.contains("avx512f") ? "SKYLAKEX" : features.contains("avx2") ? "HASWELL" : nil }
}

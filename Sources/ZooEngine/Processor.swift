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
    let wanted = ["avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16", "asimd", "bf16"]
    return Processor(
      name: field("model name").map { $0.trimmingPrefix(" ") }.map(String.init) ?? "unknown",
      threads: allowedThreads(), kernels: String(cString: zoo_isa_name(zoo_isa_detect())),
      features: wanted.filter { flags.contains(Substring($0)) })
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

import Glibc

/// Whether a name matches a pattern as file names do in a shell: `*`, `?` and `[…]`.
func matches(_ name: String, _ pattern: String) -> Bool { fnmatch(pattern, name, 0) == 0 }

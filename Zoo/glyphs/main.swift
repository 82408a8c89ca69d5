import Glibc

do {
  try Output.write(Arguments(Array(CommandLine.arguments.dropFirst())))
} catch {
  let message = Array("zoo-glyphs: error: \(error)\n".utf8)
  _ = write(STDERR_FILENO, message, message.count)
  exit((error as? GlyphsError)?.exitCode ?? 1)
}

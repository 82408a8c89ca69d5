import Glibc

do {
  let words = Array(CommandLine.arguments.dropFirst())
  if words.first == "corpus" {
    try CorpusOutput.write(CorpusArguments(Array(words.dropFirst())))
  } else {
    try Output.write(Arguments(words))
  }
} catch {
  let message = Array("zoo-glyphs: error: \(error)\n".utf8)
  _ = write(STDERR_FILENO, message, message.count)
  exit((error as? GlyphsError)?.exitCode ?? 1)
}

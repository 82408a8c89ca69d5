/// Text as HTML shows it, also inside quoted attributes; control characters become U+FFFD.
func escaped(_ text: String) -> String {
  var out = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    case "'": out += "&#39;"
    case "\n", "\t": out.unicodeScalars.append(scalar)
    // Joiners: of emoji, of Arabic and Indic scripts.
    case "\u{200C}", "\u{200D}": out.unicodeScalars.append(scalar)
    default:
      switch scalar.properties.generalCategory {
      // Format characters could turn the reading order of what follows.
      case .control, .format: out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
  }
  return out
}

/// A whole page without a script and without anything fetched, which its policy forbids.
func page(title: String, body: String) -> String {
  """
  <!doctype html>
  <html lang="en">
  <head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
  <title>\(escaped(title))</title>
  <style>
  \(pageStyle)
  </style>
  </head>
  <body>
  <main>
  \(body)
  </main>
  </body>
  </html>

  """
}

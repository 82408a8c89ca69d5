import Testing
import ZooAnnotate

@Test func aRecordIsNamedByFileAndLine() {
  #expect("\(AnnotateError.record(file: "pins.jsonl", line: 7, "no text"))" == "pins.jsonl:7: no text")
}

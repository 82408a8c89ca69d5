"""The event file of Tests/ZooReportTests, by TensorBoard's own writer (PyPI tensorboard)."""
import sys
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

def scalars(*pairs):
    return summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=t, simple_value=v) for t, v in pairs])

with open(sys.argv[1], "wb") as file:
    writer = RecordWriter(file)
    for event in [
        event_pb2.Event(wall_time=1700000000.25, file_version="brain.Event:2"),
        event_pb2.Event(wall_time=1700000001.25, step=1, summary=scalars(("train/loss", 2.5), ("train/lr", 0.03))),
        event_pb2.Event(wall_time=1700000002.25, step=300, summary=scalars(("train/loss", 0.1), ("train/lr", 0.003))),
        event_pb2.Event(wall_time=1700000002.25, step=300, summary=scalars(("colour/top-1", 0.875), ("colour/images", 40))),
    ]:
        writer.write(event.SerializeToString())
    writer.flush()

import ZooABI

public enum ComponentKind: String, Sendable, Hashable { case backbone, head }

/// What a plugin offers while it registers: taken over when all went well, all or nothing.
final class Staging {
  let file: String
  /// The file that provides a component already.
  let owner: (ComponentKind, String) -> String?
  private(set) var components: [Component] = []
  private(set) var operations: [PluginKernel] = []

  init(file: String, owner: @escaping (ComponentKind, String) -> String?) {
    (self.file, self.owner) = (file, owner)
  }

  func add(_ table: zoo_component) throws {
    let name = String(table.name)
    let kind: ComponentKind
    switch table.kind {
    case UInt32(ZOO_KIND_BACKBONE): kind = .backbone
    case UInt32(ZOO_KIND_HEAD): kind = .head
    default: throw Refusal.unknownKind(table.kind, name)
    }
    guard isName(name, letters: false, others: "-"), name.first?.isLetter == true else {
      throw Refusal.componentName(name)
    }
    guard table.flags == 0 else { throw Refusal.flags(name) }
    if let owner = owner(kind, name) { throw Refusal.duplicate(kind, name, owner: owner) }
    guard !components.contains(where: { $0.kind == kind && $0.name == name }) else {
      throw Refusal.registeredTwice(kind, name)
    }
    components.append(Component(table, kind, file: file))
  }

  func add(_ table: zoo_operation) throws {
    let kernel = try PluginKernel(table, file: file)
    guard !operations.contains(where: { $0.name == kernel.name }) else { throw Refusal.ownTwice(kernel.name) }
    operations.append(kernel)
  }
}

func hostRegister(_ ctx: UnsafeMutablePointer<zoo_ctx>, _ table: UnsafePointer<zoo_component>?) -> zoo_status {
  answer(ctx) { context in
    guard let staging = context.staging else { throw Refusal.notRegistering }
    guard let table else { throw Refusal.noTable }
    let own: zoo_component = try copied(UnsafeRawPointer(table))
    try staging.add(own)
  }
}

func hostRegisterOperation(
  _ ctx: UnsafeMutablePointer<zoo_ctx>, _ table: UnsafePointer<zoo_operation>?
) -> zoo_status {
  answer(ctx) { context in
    guard let staging = context.staging else { throw Refusal.notRegistering }
    guard let table else { throw Refusal.noTable }
    let own: zoo_operation = try copied(UnsafeRawPointer(table))
    try staging.add(own)
  }
}

/// As 1.0 has it: five functions, and four that may be null.
private func copied(_ table: UnsafeRawPointer) throws -> zoo_component {
  try copied(
    table, as: zoo_component.self, "component", first: MemoryLayout<zoo_component>.offset(of: \.describe) ?? 0,
    required: ["describe", "create", "declare", "build", "destroy"], optional: 4,
    name: MemoryLayout<zoo_component>.offset(of: \.name) ?? 0)
}

/// As 1.1 has it: two functions, and one that may be null.
private func copied(_ table: UnsafeRawPointer) throws -> zoo_operation {
  try copied(
    table, as: zoo_operation.self, "operation", first: MemoryLayout<zoo_operation>.offset(of: \.shape) ?? 0,
    required: ["shape", "forward"], optional: 1, name: MemoryLayout<zoo_operation>.offset(of: \.name) ?? 0)
}

/// An own copy of a table that may be shorter (older) or longer (newer) than ours; what it lacks reads as null.
private func copied<Table>(
  _ table: UnsafeRawPointer, as: Table.Type, _ what: String, first: Int, required: [String], optional: Int, name: Int
) throws -> Table {
  let minimum = first + 8 * (required.count + optional)
  let size = Int(table.load(as: UInt32.self))
  guard size >= minimum else { throw Refusal.shortTable(what, size, minimum: minimum) }
  let capacity = MemoryLayout<Table>.size
  return try withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { copy in
    copy.initializeMemory(as: UInt8.self, repeating: 0)
    copy.copyMemory(from: UnsafeRawBufferPointer(start: table, count: min(size, capacity)))
    // Looked at as numbers, because to Swift these pointers are never null.
    for (index, function) in required.enumerated()
    where copy.load(fromByteOffset: first + 8 * index, as: UInt.self) == 0 {
      throw Refusal.noFunction(what, function, String(copy.load(fromByteOffset: name, as: zoo_str.self)))
    }
    return copy.load(as: Table.self)
  }
}

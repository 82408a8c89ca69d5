import ZooABI

/// The host's functions, one table for the whole process, never freed and never changed.
struct HostTable: @unchecked Sendable {
  static let shared = HostTable()
  let pointer: UnsafePointer<zoo_host>

  private init() {
    let version: StaticString = "zoo 1.1"
    let table = UnsafeMutablePointer<zoo_host>.allocate(capacity: 1)
    table.initialize(
      to: zoo_host(
        size: UInt32(MemoryLayout<zoo_host>.size), abi_major: UInt16(ZOO_ABI_MAJOR),
        abi_minor: UInt16(ZOO_ABI_MINOR),
        version: zoo_str(
          ptr: UnsafeRawPointer(version.utf8Start).assumingMemoryBound(to: CChar.self),
          len: version.utf8CodeUnitCount),
        fail: hostFail, last_error: hostLastError, log: hostLog, emit: hostEmit,
        register_component: hostRegister, info: hostInfo, input: hostInput, target: hostTarget,
        param: hostParameter,
        state: hostState, update: hostUpdate, op: hostOperation, shape: hostShape, activation: hostActivation,
        output: hostOutput, loss: hostLoss, register_operation: hostRegisterOperation))
    pointer = UnsafePointer(table)
  }
}

/// A call of the plugin: a refusal becomes a status and its text is kept.
func answer(_ ctx: UnsafeMutablePointer<zoo_ctx>, _ body: (CallContext) throws -> Void) -> zoo_status {
  let context = CallContext.of(ctx)
  do {
    try body(context)
    return zoo_status(ZOO_OK)
  } catch let refusal as Refusal {
    context.refusal = refusal.text
    return refusal.code.status
  } catch {
    context.refusal = "\(error)"
    return zoo_status(ZOO_E_INTERNAL)
  }
}

enum RefusalCode {
  case invalid, unsupported, duplicate, shape

  var status: zoo_status {
    switch self {
    case .invalid: zoo_status(ZOO_E_INVALID)
    case .unsupported: zoo_status(ZOO_E_UNSUPPORTED)
    case .duplicate: zoo_status(ZOO_E_DUPLICATE)
    case .shape: zoo_status(ZOO_E_SHAPE)
    }
  }
}

func hostFail(_ ctx: UnsafeMutablePointer<zoo_ctx>, _ code: zoo_status, _ message: zoo_str) -> zoo_status {
  CallContext.of(ctx).failure = String(message)
  return code
}

func hostLastError(_ ctx: UnsafeMutablePointer<zoo_ctx>) -> zoo_str { CallContext.of(ctx).lendRefusal() }

func hostEmit(_ ctx: UnsafeMutablePointer<zoo_ctx>, _ text: zoo_str) {
  CallContext.of(ctx).append(String(text))
}

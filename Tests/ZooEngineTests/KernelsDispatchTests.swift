import CZooKernels
import Testing

@Suite("Kernels: choice of the instruction set")
struct KernelsDispatchTests {
  @Test func namesAreThoseOfTheSets() {
    #expect(String(cString: zoo_isa_name(0)) == "base")
    #expect(String(cString: zoo_isa_name(1)) == "avx2")
    #expect(String(cString: zoo_isa_name(2)) == "avx512")
    #expect(String(cString: zoo_isa_name(3)) == "avx512_bf16")
  }

  @Test func aSetBeyondTheMachineIsAnsweredWithItsBest() {
    #expect(zoo_kernels_for(99) == zoo_kernels_for(zoo_isa_detect()))
    #expect(zoo_kernels_for(-1) == zoo_kernels_for(0))
  }

  @Test func eachSetHasItsOwnTable() {
    let tables = Set(instructionSets.map { zoo_kernels_for($0) })
    #expect(tables.count == instructionSets.count)
  }
}

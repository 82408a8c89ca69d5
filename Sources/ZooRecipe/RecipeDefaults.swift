/// What a recipe means where it is silent.
public enum RecipeDefaults {
  public static let modelSeed = 0
  public static let headPlugin = "linear"
  public static let headWeights = HeadWeights.new
  public static let headInput = "pooled"
  public static let subsetSeed = 0
  public static let taskWeight = 1.0
  public static let resizeMode = ResizeMode.square
  public static let resizeFilter = ResizeFilter.bilinear
  public static let cropInTraining = CropPosition.random
  public static let cropInEvaluation = CropPosition.center
  public static let flipProbability = 0.5
  public static let batch = 64
  public static let seed = 0
  public static let rate = 0.003
  public static let momentum = 0.9
  public static let nesterov = false
  public static let weightDecay = 0.0
  public static let beta1 = 0.9
  public static let beta2 = 0.999
  public static let epsilon = 1e-8
  public static let averageDecay = 0.999
  public static let averageWarmup = true
  public static let schedule = ScheduleKind.constant
  public static let warmup = 0
  public static let stepFactor = 0.1
  public static let scheduleEnd = 0.0
  public static let shuffle = true
  public static let logEvery = 1
  public static let checkpointEvery = 500
  public static let engine = EngineChoice.auto
}

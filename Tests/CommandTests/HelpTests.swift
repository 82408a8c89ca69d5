import Testing

@Suite("Help")
struct HelpTests {
  @Test func all() throws {
    #expect(
      try Workshop().done("--help") == """
        OVERVIEW: A model zoo for vision: backbones and heads as plugins, transfer by
        recipe, models as archives.

        USAGE: zoo <subcommand>

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.

        SUBCOMMANDS:
          create                  Make a model archive with random weights.
          import                  Make a model archive from a published checkpoint.
          export                  Write a model's weights under another library's names.
          fetch-local             Verify model archives and install them in the local
                                  store.
          list                    List the models in the store.
          show                    Show what a model is.
          lineage                 Show what a model was made from, back to its
                                  beginning.
          diff                    Compare two models: config, labels, weights.
          verify                  Check an archive's structure, digests, signatures and
                                  results.
          sign                    Sign a model archive.
          key                     Make keys for signing, and say which to trust.
          unpack                  Write the members of an archive as files of a folder.
          pack                    Make an archive of an unpacked folder.
          remove                  Remove a model from the store.
          gc                      Free what the store no longer needs.
          store                   Look after the local store.
          plan                    Show what a recipe would do; nothing is trained or
                                  written.
          annotate                Make labels of the texts beside images.
          finetune                Train a model by a recipe.
          pretrain                Train a model from random weights by a recipe.
          compare                 Set runs side by side.
          report                  Put results of few-shot, vtab and training on one
                                  page.
          quantize                Make a model whose products are computed in int8.
          evaluate                Measure a model on labelled data.
          predict                 Classify images.
          forward                 Run a tensor through a model and write every named
                                  output and activation.
          embed                   Write a vector for each image of a data set.
          index                   Make vectors searchable.
          search                  Find the nearest rows of an index.
          dedup                   Find images that two data sets share, or that one has
                                  twice.
          few-shot                Learn a task from few labels of each class, by
                                  several methods from the same subsets.
          study                   Answer a question by training every combination of
                                  some variants.
          knn                     Classify test images by the nearest training images,
                                  by their features.
          probe                   Measure how well a linear classifier reads classes
                                  from a model's features.
          vtab                    Transfer a model to every task of a suite, VTAB-1k
                                  where none is named.
          bench                   Measure a model's speed.
          doctor                  Show what this machine can do and what is missing.
          card                    Look at the cards of architectures and published
                                  checkpoints.
          data                    Look at labelled data.
          plugin                  Write, check, install and list plugins.
          recipe                  Check, show and begin recipes; print their keys.

          See 'zoo help <subcommand>' for detailed help.

        """)
  }

  @Test func finetune() throws {
    #expect(
      try Workshop().done("finetune", "--help") == """
        OVERVIEW: Train a model by a recipe.

        USAGE: zoo finetune <recipe.yaml> [--set <a.b=c> ...] [--output <folder>] [--overwrite] [--resume] \
        [--engine <engine>] [--threads <n>] [--precision <precision>] [--plugins <folder> ...]

        ARGUMENTS:
          <recipe.yaml>           The recipe.

        OPTIONS:
          --set <a.b=c>           Override a value, such as train.steps=20.
          -o, --output <folder>   Where to write (default: runs/NAME).
          --overwrite             Replace a run that the folder already holds.
          --resume                Go on with the interrupted run that the folder holds,
                                  to the same result.
          --engine <engine>       The matrix library. (values: auto, onednn, openblas)
          --threads <n>           Threads to compute with (default: all processors).
          --precision <precision> What products and convolutions multiply. (values:
                                  f32, bf16, auto)
          --plugins <folder>      Look for plugins in this folder first.
          --version               Show the version.
          -h, --help              Show help information.


        """)
  }

  @Test func version() throws {
    #expect(try Workshop().done("--version") == "0.1.0\n")
  }
}

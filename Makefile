# Two commands for a machine with nothing but Debian 12 and a Swift 6.3 toolchain (and root or sudo for apt):
#   make demo    installs what is missing, builds, runs the main job on data in the repository
#   make test    the same for all tests

SHELL := /bin/bash
# Packages that building and running need. libdnnl-dev brings the fast engine, libopenblas-dev the other one.
PACKAGES := libopenblas-dev libdnnl-dev libyaml-dev libarchive-dev libjpeg62-turbo-dev libpng-dev libwebp7 \
  libfreetype-dev pkgconf
PRODUCTS  = $(shell swift build -c release --show-bin-path)
ZOO       = $(PRODUCTS)/zoo
PREFIX   ?= /usr/local
SUDO     := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: all build packages glyph-fonts demo upstream test schema soak install clean

all: build

build: packages
	swift build -c release

packages:
	@$(call installed,$(PACKAGES))

# The fonts that zoo-glyphs draws characters from where it is not told --from strokes; nothing else needs them.
glyph-fonts:
	@$(call installed,$(shell grep -v '^\#' Zoo/glyphs/Fonts/fonts.tsv | cut -f1 | sort -u))

# Installs those of the packages that are missing.
define installed
missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
if [ -n "$$missing" ]; then \
  echo "installing:" $$missing; \
  $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
fi
endef

# Few labels: with many there is nothing to see.
demo: build
	@mkdir -p .build/demo
	@export ZOO_HOME=$$PWD/.build/demo/store; set -e; \
	$(ZOO) fetch-local Zoo/glyph-bit.tar; \
	echo; echo "Fine-tuning on 10 labelled digits of each class, into an archive of its own:"; \
	$(ZOO) finetune Recipes/digits.yaml --set tasks.digit.train.limit-per-class=10 --set train.log-every=20 \
	  --output .build/demo/run --overwrite; \
	$(ZOO) evaluate .build/demo/run/model.tar --data Zoo/data/digits-test.tar; \
	echo; echo "The handwritten digits from 1, 5 and 10 labels of each class:"; \
	$(ZOO) few-shot Recipes/digits.yaml --shots 1,5,10 \
	  --scratch-set train.steps=200 --scratch-set train.optimizer.rate=0.1

# From noisy texts to an upstream model: what clusters of rare labels and pre-training are worth to the handwritten digits.
UPSTREAM := data/upstream
upstream: build
	@mkdir -p data $(UPSTREAM); export ZOO_HOME=$$PWD/.build/upstream-store; set -e; \
	$(PRODUCTS)/zoo-glyphs corpus --count 60000 --seed 1 -o data/corpus; \
	head -500 data/corpus/truth.jsonl > data/corpus/judged.jsonl; \
	for tail in clusters dropped; do \
	  method=$$([ $$tail = dropped ] && echo none || echo k-means); \
	  $(ZOO) annotate Recipes/annotate-corpus.yaml --set clusters.method=$$method \
	    --set clusters.head-records=$(HEAD_RECORDS) -o $(UPSTREAM)/$$tail.tar --overwrite; \
	  $(ZOO) finetune Recipes/pretrain-annotations.yaml --set tasks.seen.train.path=$(UPSTREAM)/$$tail.tar \
	    --set tasks.seen.evaluate.path=$(UPSTREAM)/$$tail.tar --output $(UPSTREAM)/$$tail --overwrite; \
	done; \
	for tail in clusters dropped; do \
	  echo; echo "Handwritten digits; transferred from a model that learnt with the tail $$tail:"; \
	  $(ZOO) few-shot Recipes/digits.yaml --shots 1,5,10 --subsets 3 --set model=$(UPSTREAM)/$$tail/model.tar \
	    --scratch-set train.steps=200 --scratch-set train.optimizer.rate=0.1; \
	done
# A term of at least so many records is a class of its own: of 60,000, the letters and the attributes.
HEAD_RECORDS := 1200

test: packages
	swift build -c release --build-tests
	swift test -c release --skip-build

# The keys of recipes, written from the code that reads them.
schema:
	swift build -c release --product zoo
	$(ZOO) recipe schema > Recipes/SCHEMA.md
	$(ZOO) recipe schema --json > Recipes/schema.json
	$(ZOO) annotate schema > Recipes/ANNOTATE-KEYS.md

# What takes too long for every day. Tests whose names end so run many more rounds.
soak: packages
	swift build -c release --build-tests
	ZOO_SOAK=1 swift test -c release --skip-build --filter SoakTests
	$(PRODUCTS)/zoo-fuzz bomb
	$(PRODUCTS)/zoo-fuzz --cases 1000000
	ZOO_KILLS=50 swift test -c release --skip-build --filter CommandTests.ResumeTests

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/zoo/plugins $(DESTDIR)$(PREFIX)/share/zoo/sdk/Sources
	install -m 755 $(ZOO) $(DESTDIR)$(PREFIX)/bin/zoo
	install -m 755 $(PRODUCTS)/libzoo-*.so $(DESTDIR)$(PREFIX)/lib/zoo/plugins/
	cp Plugins/sdk/Package.swift $(DESTDIR)$(PREFIX)/share/zoo/sdk/
	cp -r Sources/ZooABI Sources/ZooJSON Sources/ZooPlugin Sources/ZooTestKit $(DESTDIR)$(PREFIX)/share/zoo/sdk/Sources/
	cp -r Zoo/cards Zoo/suites Zoo/data Zoo/text Zoo/glyph-bit.tar Zoo/glyph-vit.tar Plugins/templates Plugins/GUIDE.md Plugins/OPSET.md $(DESTDIR)$(PREFIX)/share/zoo/

clean:
	rm -rf .build

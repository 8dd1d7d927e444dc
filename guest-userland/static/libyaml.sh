# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# libyaml: what dragonconfig reads cloud-config with. Its source comes without a configure script,
# and needs none but for its version.
deps=''

build() {
	local version

	version=$(sed -n 's/^m4_define(\[YAML_\(MAJOR\|MINOR\|PATCH\)\], *\([0-9]*\))/-DYAML_VERSION_\1=\2/p' configure.ac)
	# shellcheck disable=SC2086
	musl-gcc -Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
		-Iinclude -c $version \
		-DYAML_VERSION_STRING='"static"' src/{api,reader,scanner,parser}.c
	mkdir -p "$DEST"/{include,lib}
	ar rcs "$DEST/lib/libyaml.a" api.o reader.o scanner.o parser.o
	cp include/yaml.h "$DEST/include/"
}

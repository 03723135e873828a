"""The `lianfang` command line: one module per noun, each adding its own parsers."""

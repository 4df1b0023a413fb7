.PHONY: run test check bench fmt
run: ; @./run app
test: ; @./run test
check: ; @./run check
bench: ; @./run bench
fmt: ; @./run fmt

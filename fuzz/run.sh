#!/usr/bin/env bash
# Every fuzz target for so many seconds (15 minutes each by default), on the corpus that is kept, which is then
# reduced to what finds new paths. Ends with 1 at the first crash, hang or leak, whose input is in fuzz/artifacts.
#
#   fuzz/run.sh [SECONDS [TARGET...]]          wants a nightly toolchain and cargo-fuzz
set -euo pipefail
cd "$(dirname "$0")"
seconds="${1:-900}"
shift || true
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || mapfile -t targets < <(sed -n 's/^name = "\(.*\)"$/\1/p' Cargo.toml | grep -v '^tresor-fuzz$')
cargo +nightly fuzz build
for target in "${targets[@]}"; do
  log="$(mktemp)"
  # Thousands of small files are kept as one.
  if [ -e "corpus/$target.tar.gz" ]; then tar -C corpus -xzf "corpus/$target.tar.gz"; fi
  cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
    -print_final_stats=1 >"$log" 2>&1 || { tail -40 "$log"; echo "$target: FAILED"; exit 1; }
  runs="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  coverage="$(grep -o 'cov: [0-9]*' "$log" | tail -1)"
  echo "$target: $runs runs in $seconds s, $coverage, 0 crashes"
  cargo +nightly fuzz cmin "$target" >/dev/null 2>&1
  tar -C corpus --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf - "$target" | gzip -9n >"corpus/$target.tar.gz"
  if [ -n "${TRESOR_FIGURES:-}" ]; then echo "$target $seconds $runs" >>"$TRESOR_FIGURES/fuzzing"; fi
done

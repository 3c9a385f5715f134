#!/usr/bin/env bash
# Mutation testing of crypto, format, merge and store: wants cargo-mutants.
#
#   tests/mutants.sh [K/N]     a part of all mutants, 0/1 (all of them) by default; 0/5 is every fifth
#
# What no quick test notices is tried once more with the slow ones. Prints what is caught and what is not.
set -euo pipefail
cd "$(dirname "$0")/.."
part="${1:-0/1}"
out="$(mktemp -d)"
cargo mutants --in-place --sharding round-robin --shard "$part" --timeout 120 --output "$out" || true
git checkout -q -- src
missed="$out/mutants.out/missed.txt"
if [ -s "$missed" ]; then
  # Each survivor by its name, with every test that is about files, damage and commands.
  mapfile -t names < <(sed 's/[][\.*^$()+?{}|\\]/\\&/g; s/^[^:]*:[0-9]*:[0-9]*: //' "$missed")
  again=()
  for name in "${names[@]}"; do again+=(--re "$name"); done
  cargo mutants --in-place "${again[@]}" --timeout 300 --output "$out/again" \
    --cargo-arg=--test=crash --cargo-arg=--test=damage --cargo-arg=--test=cli || true
  git checkout -q -- src
fi
count() { cat "$@" 2>/dev/null | wc -l; }
tried=$(($(count "$out/mutants.out/"{caught,missed,timeout}.txt)))
left="$out/again/mutants.out/missed.txt"
[ -e "$left" ] || left="$missed"
still="$(grep -Fxf "$missed" "$left" || true)"
survivors="$(printf '%s' "$still" | grep -c . || true)"
if [ -n "${TRESOR_FIGURES:-}" ]; then
  echo "$((tried - survivors)) of $tried caught ($((100 * (tried - survivors) / tried)) %), part $part of all" >"$TRESOR_FIGURES/mutants"
fi
echo "$tried mutants, $((tried - survivors)) caught ($((100 * (tried - survivors) / tried)) %); not caught:"
printf '%s\n' "$still"

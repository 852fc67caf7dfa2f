#!/usr/bin/env bash
# A participant that is not Carousel's agent: it enrols by a token, keeps a certificate and trust current through every
# phase of a rotation, and proves it, with nothing but curl and openssl. docs/http-api.md has the texts it signs.
#
#   participant.sh enrol URL NAME TOKEN-FILE   joins; the token says by which CA keys the house is known
#   participant.sh step AUTHORITY PROFILE      takes what is new, has it used, reports; PROFILE: client, server, both
#   participant.sh follow AUTHORITY PROFILE    does that again and again, as soon as there is something new; it ends
#                                              at the first failure, so have whatever starts it start it again
#
# It keeps all in the folder PARTICIPANT (default: carousel-participant); NAME/current is the set of files to use for
# an authority: key.pem, cert.pem, chain.pem, fullchain.pem, bundle.pem, crls.pem. If RELOAD is set, that command must
# succeed before a set is reported, or the one before is put back.
set -euo pipefail
umask 077

readonly FORMAT=x509
# Seconds that follow waits for a new bundle, before it looks at CRLs, ages and the house's own bundle.
readonly PATIENCE=${PATIENCE:-30}

# --- JSON: answers are on one line, and their texts hold no quotes -------------------------------------------------

field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
digest_of() { [[ $1 == null ]] || openssl base64 -d -A <<< "$1" | sha256; }
listed() { paste -sd, -; }
trusted() { grep -o '{"generation":[^}]*}' "$1" | grep "\"format\":\"$FORMAT\"" || true; }
quoted() { sed 's/.*/"&"/' | paste -sd, -; }

# --- openssl -------------------------------------------------------------------------------------------------------

base64() { openssl base64 -A; }
sha256() { openssl dgst -sha256 -r | cut -d' ' -f1; }
new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2> /dev/null; }
key_digest() { openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -outform DER | sha256; }
seconds() { date -u -d "$(openssl x509 -in "$1" -noout "-$2" | cut -d= -f2)" +%s; }

# Replaces a file as a whole: whoever is killed in between leaves the old one.
keep() {
  cat > "$1.new"
  mv "$1.new" "$1"
}

# Standard input, one part on each line, is signed by an Ed25519 key.
signed_by() {
  local text
  text=$(mktemp)
  cat > "$text"
  openssl pkeyutl -sign -rawin -inkey "$1" -in "$text" | base64
  rm -f "$text"
}

# A token's text is carousel-token-1.ID.SEED.PINS, the latter two in base64url.
token_part() {
  local text
  text=$(cut -d. -f"$2" "$1" | tr -d '\n' | tr '_-' '/+')
  while ((${#text} % 4)); do text+='='; done
  openssl base64 -d -A <<< "$text"
}

# The seed is all of an Ed25519 key but the frame of PKCS#8 (RFC 8410).
token_key() {
  { printf '\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20'; token_part "$1" 3; } | openssl pkey -inform DER
}

# One digest on each line.
token_pins() { token_part "$1" 4 | od -An -v -tx1 -w32 | tr -d ' '; }

# --- the house -----------------------------------------------------------------------------------------------------

house() {
  local path=$1 own=()
  shift
  [[ ! -e carousel/current/key.pem ]] || own=(--cert carousel/current/fullchain.pem --key carousel/current/key.pem)
  if ! curl --silent --show-error --fail-with-body --retry 5 --max-time 90 --tlsv1.3 --cacert house.pem "${own[@]}" \
    --header 'Content-Type: application/json' --output answer "$@" "$(< url)$path"; then
    fail "the house does not do it: $(cat answer 2> /dev/null)"
  fi
  cat answer
  rm -f answer
}

# The CA that comes along in the handshake counts if its key has one of the digests in the token.
find_house() {
  local address=${1#https://}
  openssl s_client -connect "$address" -showcerts < /dev/null 2> /dev/null \
    | awk -v RS='-----END CERTIFICATE-----\n' '/BEGIN/ { sub(/.*-----BEGIN/, "-----BEGIN"); ca = $0 RS } END { printf "%s", ca }' > house.pem
  [[ -s house.pem ]] || fail "nobody answers at $1"
  token_pins "$2" | grep -qx "$(key_digest house.pem)" \
    || fail "$1 is not the house of that token: its CA key is $(key_digest house.pem)"
  printf '%s' "$1" | keep url
}

enrol() {
  local url=$1 name=$2 token=$3 key id time statement
  find_house "$url" "$token"
  house /v1/house | field house | keep id
  [[ -e identity.pem ]] || openssl genpkey -algorithm ED25519 | keep identity.pem
  key=$(openssl pkey -in identity.pem -pubout -outform DER | base64)
  id=$(cut -d. -f2 "$token")
  time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  statement=$(printf '%s\n' carousel-enrolment-v1 "$(< id)" "$name" \
    "$(openssl pkey -in identity.pem -pubout -outform DER | sha256)" "$id" "$time")
  trap 'rm -f token.pem' EXIT
  token_key "$token" > token.pem
  house /v1/enrolments --data @- << BODY
{"participant": "$name", "identityKey": "$key", "token": "$id", "time": "$time",
 "tokenSignature": "$(signed_by token.pem <<< "$statement")",
 "identitySignature": "$(signed_by identity.pem <<< "$statement")"}
BODY
  printf '%s' "$name" | keep name
}

# --- what the house has signed -------------------------------------------------------------------------------------

# The keys of the house's own authority that are known here: by its bundle, and at first by the token.
house_keys() {
  if [[ -e carousel/current ]]; then trusted carousel/current/bundle.json | field key; else key_digest house.pem; fi
}

# What a bundle says of whom to trust, in three lines.
content() {
  printf '%s\n' carousel-trust-v1
  grep -o '{"generation":[^}]*}' "$1" | while read -r one; do
    printf '%s:%s:%s:%s\n' "$(field format <<< "$one")" "$(field generation <<< "$one")" "$(field key <<< "$one")" \
      "$(digest_of "$(field certificate <<< "$one")")"
  done | LC_ALL=C sort | listed
  { grep -o '"root":{[^}]*}' "$1" || true; } | while read -r one; do
    printf '%s:%s:%s' "$(field use <<< "$one")" "$(digest_of "$(field certificate <<< "$one")")" \
      "$(digest_of "$(field crl <<< "$one")")"
  done
  echo
}

# Passes a bundle that a key of the house has signed which is known here.
require_signed() {
  local authority=$1 bundle=$2 at
  at=$(mktemp -d)
  printf '%s\n' carousel-bundle-v1 "$(< id)" "$authority" "$(field number < "$bundle")" \
    "$(trusted "$bundle" | field key | sort -u | listed)" "$(content "$bundle" | sha256)" > "$at/statement"
  while read -r one; do
    field publicKey <<< "$one" | openssl base64 -d -A > "$at/key"
    field signature <<< "$one" | openssl base64 -d -A > "$at/signature"
    if house_keys | grep -qx "$(sha256 < "$at/key")" && verified "$at"; then
      rm -rf "$at"
      return
    fi
  done < <(grep -o '{"publicKey":[^}]*}' "$bundle" || true)
  rm -rf "$at"
  fail "no key of the house that is known here has signed bundle $(field number < "$bundle") of $authority; the set before stays"
}

verified() {
  case $(openssl pkey -pubin -inform DER -in "$1/key" -noout -text | head -1) in
    ED25519*) openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$1/key" -sigfile "$1/signature" -in "$1/statement" ;;
    *384*) openssl dgst -sha384 -keyform DER -verify "$1/key" -signature "$1/signature" "$1/statement" ;;
    *) openssl dgst -sha256 -keyform DER -verify "$1/key" -signature "$1/signature" "$1/statement" ;;
  esac > /dev/null 2>&1
}

# Whom to trust by a bundle: its CAs, or the root in their stead.
anchors() {
  local from
  from=$(grep -o '"root":{"use":"root"[^}]*}' "$1" || trusted "$1")
  field certificate <<< "$from" | while read -r one; do pem <<< "$one"; done
}

# --- a set of files ------------------------------------------------------------------------------------------------

# Makes it in $1/new.
prepare() {
  local authority=$1 profile=$2 set=$1/new generation
  rm -rf "$set"
  mkdir -p "$authority"
  # A new bundle is told as soon as it is signed.
  house "/v1/authorities/$authority/bundle?wait=10" > "$authority/bundle.json"
  require_signed "$authority" "$authority/bundle.json"
  if [[ -e $authority/current ]]; then cp -R "$authority/current/." "$set"; else mkdir "$set"; fi
  cp "$authority/bundle.json" "$set/bundle.json"
  anchors "$set/bundle.json" > "$set/bundle.pem"
  house "/pub/$authority/crls.pem" > "$set/crls.pem"
  generation=$(field "$([[ $profile == server ]] && echo server || echo client)Generation" < "$set/bundle.json")
  if is_due "$set" "$generation"; then
    request "$authority" "$profile" "$set"
  fi
}

# None yet, of another generation than is issued now, by a key that goes, or past two thirds of its life.
is_due() {
  local set=$1 begin end
  [[ -e $set/generation && $(< "$set/generation") == "$2" ]] || return 0
  ! trusted "$set/bundle.json" | grep '"outgoing":true' | grep -q "$(key_digest "$set/chain.pem")" || return 0
  begin=$(seconds "$set/cert.pem" startdate) end=$(seconds "$set/cert.pem" enddate)
  (($(date +%s) >= begin + (end - begin) * 2 / 3))
}

request() {
  local authority=$1 profile=$2 set=$3 at signature
  new_key "$set/key.pem"
  openssl req -new -key "$set/key.pem" -subj "/CN=$(< name)" -outform DER -out "$set/request.der"
  at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  signature=$(printf '%s\n' carousel-credential-request-v1 "$(< id)" "$(< name)" "$authority" $FORMAT "$profile" \
    "$(sha256 < "$set/request.der")" '' "$at" | signed_by identity.pem)
  house /v1/credentials --data @- > "$set/credential.json" << BODY
{"participant": "$(< name)", "authority": "$authority", "format": "$FORMAT", "profile": "$profile",
 "subject": "$(base64 < "$set/request.der")", "names": [], "at": "$at", "signature": "$signature"}
BODY
  field generation < "$set/credential.json" > "$set/generation"
  field content < "$set/credential.json" | pem > "$set/cert.pem"
  sed 's/.*"chain":\["\([^"]*\).*/\1/' "$set/credential.json" | pem > "$set/chain.pem"
  cat "$set/cert.pem" "$set/chain.pem" > "$set/fullchain.pem"
}

pem() { openssl base64 -d -A | openssl x509 -inform DER; }

# Another set takes the place of the current one by one rename; the same one does not.
use() {
  local authority=$1 before='' number
  if diff -qr "$authority/new" "$authority/current" > /dev/null 2>&1; then
    return
  fi
  [[ ! -L $authority/current ]] || before=$(readlink "$authority/current")
  number=$(($(cat "$authority/count" 2> /dev/null || echo 0) + 1))
  printf '%s' "$number" | keep "$authority/count"
  mv "$authority/new" "$authority/$number"
  point "$authority" "$number"
  if [[ $authority != carousel && -n ${RELOAD-} ]] && ! (cd "$authority" && eval "$RELOAD"); then
    if [[ -n $before ]]; then
      point "$authority" "$before"
      (cd "$authority" && eval "$RELOAD") || true
    fi
    fail "$RELOAD failed; the set before is back in its place and nothing is reported"
  fi
  if [[ $authority == carousel ]]; then
    cp "carousel/$number/bundle.pem" house.pem
  fi
  find "$authority" -mindepth 1 -maxdepth 1 -type d ! -name "$number" ! -name "${before:-none}" -exec rm -rf {} +
}

point() {
  ln -sfn "$2" "$1/next"
  mv -T "$1/next" "$1/current"
}

# --- evidence ------------------------------------------------------------------------------------------------------

report() {
  local authority=$1 profile=$2 set=$1/current counter bundle challenge serial issuer trusts possession signature
  counter=$(($(cat counter 2> /dev/null || echo 0) + 1))
  printf '%s' "$counter" | keep counter
  bundle=$(field number < "$set/bundle.json")
  challenge=$(field challenge < "$set/bundle.json")
  trusts=$(trusted "$set/bundle.json" | field key | sort)
  serial=$(field serial < "$set/credential.json")
  issuer=$(key_digest "$set/chain.pem")
  possession=$(printf '%s\n' carousel-credential-possession-v1 "$(< id)" "$(< name)" "$counter" "$authority" "$challenge" \
    $FORMAT "$profile" "$serial" | openssl dgst -sha256 -sign "$set/key.pem" | base64)
  signature=$(printf '%s\n' carousel-report-v1 "$(< id)" "$(< name)" "$counter" "$authority" "$bundle" "$challenge" \
    "$(paste -sd, - <<< "$trusts")" "$FORMAT:$profile:$serial:$issuer:" '' '' '' | signed_by identity.pem)
  house /v1/reports --data @- << BODY
{"participant": "$(< name)", "counter": $counter, "authority": "$authority", "bundle": $bundle,
 "challenge": "$challenge", "trusts": [$(quoted <<< "$trusts")],
 "presents": [{"format": "$FORMAT", "profile": "$profile", "serial": "$serial", "issuerKey": "$issuer",
               "possession": "$possession", "observed": null}],
 "tried": [], "trouble": null, "earlierConnections": null, "signature": "$signature"}
BODY
}

step() {
  local authority=$1 profile=$2
  prepare "$authority" "$profile"
  use "$authority"
  report "$authority" "$profile"
}

# The house's own authority is followed first: by it the house is known, and knows us.
steps() {
  step carousel client
  step "$1" "$2"
}

follow() {
  while true; do
    steps "$1" "$2"
    house "/v1/authorities/$1/bundle?after=$(field sequence < "$1/current/bundle.json")&wait=$PATIENCE" > /dev/null
  done
}

fail() {
  printf 'participant.sh: %s\n' "$1" >&2
  exit 1
}

main() {
  local command=${1-} token
  case $command:$# in
    enrol:4) token=$(realpath "$4") ;;
    step:3 | follow:3) ;;
    *)
      sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
      exit 2
      ;;
  esac
  mkdir -p "${PARTICIPANT:=carousel-participant}"
  cd "$PARTICIPANT"
  case $command in
    enrol) enrol "$2" "$3" "$token" ;;
    step) steps "$2" "$3" ;;
    follow) follow "$2" "$3" ;;
  esac
}

main "$@"

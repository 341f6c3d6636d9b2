# Shared by the programs in bin/: Python, the locked requirements and the system packages. Sourced, not run.
# Everything comes through apt and pip as this machine has configured them.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
python=$venv/bin/python
export PYTHONPATH=$root PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# What the application itself needs of the system: type setting for the PDF, and its fonts.
runtime_packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-inter fonts-noto-color-emoji"

case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in [dD][eE]*) german=1 ;; *) german= ;; esac
say() { if [ -n "$german" ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }
refuse() { say "$@" >&2; exit 1; }

# whole COMMAND…: runs it in a group of its own, which ends with this script: TERM or Ctrl-C leave no installer behind
whole() {
  set -m
  "$@" </dev/null &
  group=$!
  set +m
  wait "$group"
  local result=$?
  group=
  return $result
}
group=
end_with() { [ -z "$group" ] || kill -TERM -- "-$group" 2>/dev/null; exit "$1"; }
trap 'end_with 130' INT
trap 'end_with 143' TERM

# as_root COMMAND…: as root, or through sudo when it asks no password; 1 when neither is possible
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  else return 1; fi
}

missing_packages() {
  local name
  for name; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$name"
  done
}

apt_install() {
  local options=(-o DPkg::Lock::Timeout=180 -o Acquire::Retries=2 -qq -y --no-install-recommends)
  DEBIAN_FRONTEND=noninteractive whole as_root apt-get install "${options[@]}" "$@" >/dev/null 2>&1
}

# ensure_packages NAME…: installs what is missing; leaves what it could not install in $still_missing
ensure_packages() {
  still_missing=
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || { still_missing="$*"; return; }
  local wanted name
  wanted=$(missing_packages "$@")
  [ -n "$wanted" ] || return 0
  if as_root true; then
    say "Installing system packages: $wanted" "Systempakete werden installiert: $wanted"
    # shellcheck disable=SC2086  # a list of names
    if ! apt_install $wanted; then
      whole as_root apt-get update -qq -o DPkg::Lock::Timeout=180 >/dev/null 2>&1 || true
      # one unknown name must not keep the others out
      apt_install $wanted || for name in $wanted; do apt_install "$name" || true; done
    fi
  fi
  still_missing=$(missing_packages "$@")
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"; return
    fi
  done
  return 1
}

# The pip that Debian and Ubuntu keep as a wheel for venv. Without root it is only downloaded, not installed.
pip_wheel() {
  local found work=$venv/.pip
  found=$(ls -1 /usr/share/python-wheels/pip-*.whl 2>/dev/null | tail -n 1)
  if [ -z "$found" ] && command -v apt-get >/dev/null; then
    rm -rf "$work"; mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    (
      cd "$work" || exit 1
      own=(-qq -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o Debug::NoLocking=1)
      apt-get "${own[@]}" update && apt-get "${own[@]}" download python3-pip-whl && dpkg-deb -x python3-pip-whl_*.deb .
    ) </dev/null >/dev/null 2>&1
    found=$(ls -1 "$work"/usr/share/python-wheels/pip-*.whl 2>/dev/null | tail -n 1)
  fi
  [ -n "$found" ] && printf '%s\n' "$found"
}

ensure_pip() {
  "$python" -m pip --version >/dev/null 2>&1 && return
  "$python" -m ensurepip --default-pip >/dev/null 2>&1 && return
  local wheel
  if [ "$("$python" -c 'import sys; print(sys.base_prefix)')" = /usr ]; then ensure_packages python3-venv; fi
  "$python" -m ensurepip --default-pip >/dev/null 2>&1 && return
  wheel=$(pip_wheel) && "$python" "$wheel/pip" install --quiet --no-index "$wheel" && rm -rf "$venv/.pip" && return
  refuse "Python's package installer is missing; as root run: apt-get install python3-venv" \
    "Pythons Paketverwaltung fehlt; führen Sie als root aus: apt-get install python3-venv"
}

ensure_venv() {
  local base
  if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    base=$(find_python) || { ensure_packages python3; base=$(find_python); } ||
      refuse "Python 3.11 or later is missing; as root run: apt-get install python3" \
        "Python ab 3.11 fehlt; führen Sie als root aus: apt-get install python3"
    rm -rf "$venv" 2>/dev/null
    # without pip: a minimal Debian has no ensurepip
    "$base" -m venv --without-pip "$venv" >/dev/null 2>&1 ||
      refuse "The Python environment $venv could not be created; check that the folder can be written." \
        "Die Python-Umgebung $venv ließ sich nicht anlegen; prüfen Sie, ob der Ordner beschreibbar ist."
  fi
}

# install_locked FILE: installs a lock file unless this very one is installed already
install_locked() {
  local file=$1 stamp wanted
  stamp=$venv/.installed-$file
  wanted=$(sha256sum <"$root/$file" | cut -d' ' -f1)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  ensure_pip
  say "Installing $file (about a minute, once) …" "$file wird installiert (etwa eine Minute, einmalig) …"
  whole "$python" -m pip install -qq --require-hashes --no-deps -r "$root/$file" ||
    refuse "The requirements could not be installed; the reason stands above." \
      "Die Abhängigkeiten ließen sich nicht installieren; der Grund steht darüber."
  printf '%s\n' "$wanted" >"$stamp"
}

# ensure_python FILE…: the environment with these lock files; two programs at once take turns
ensure_python() {
  local file
  exec 9<"$root"
  flock 9
  ensure_venv
  for file; do install_locked "$file"; done
  exec 9<&-
}
